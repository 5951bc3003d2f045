from django.urls import path

from outreach.automations import views

urlpatterns = [
    path("new/", views.automation_create, name="automation_create"),
    path("take/", views.automation_take, name="automation_take"),
    path("<uuid:automation_uuid>/", views.automation_edit, name="automation_edit"),
    path(
        "<uuid:automation_uuid>/switch/",
        views.automation_switch,
        name="automation_switch",
    ),
    path(
        "<uuid:automation_uuid>/backtest/",
        views.automation_backtest,
        name="automation_backtest",
    ),
]
