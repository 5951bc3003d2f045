from django.urls import path

from crm.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.event_list, name="event_list"),
    path("file/", views.event_file, name="event_file"),
]
