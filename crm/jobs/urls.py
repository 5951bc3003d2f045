from django.urls import path

from crm.jobs import views

app_name = "jobs"

urlpatterns = [
    path("<uuid:job_uuid>/", views.job_detail, name="job_detail"),
    path("<uuid:job_uuid>/cancel/", views.job_cancel, name="job_cancel"),
]
