from django.urls import path

from crm.dashboards import views

app_name = "dashboards"

urlpatterns = [
    path("", views.return_overview, name="return"),
]
