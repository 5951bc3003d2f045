from django.urls import path

from crm.tenancy import views

app_name = "tenancy"

urlpatterns = [
    path("", views.business_settings, name="settings"),
]
