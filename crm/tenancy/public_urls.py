"""Pages that belong to no business, or come before one."""

from django.urls import path

from crm.tenancy import public

app_name = "tenancy_public"

urlpatterns = [
    path("", public.home, name="home"),
    path("invitation/<str:token>/", public.invitation, name="invitation"),
]
