from django.urls import path

from surveys import views

app_name = "surveys"

urlpatterns = [
    path("", views.answers, name="answers"),
    path("<uuid:survey_uuid>/preview/", views.preview, name="preview"),
]
