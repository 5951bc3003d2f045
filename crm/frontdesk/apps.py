from django.apps import AppConfig


class FrontdeskConfig(AppConfig):
    name = "crm.frontdesk"
    label = "frontdesk"
