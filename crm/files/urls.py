from django.urls import path

from crm.files import views

app_name = "files"

urlpatterns = [
    path("<uuid:file_uuid>/", views.file_download, name="file_download"),
]
