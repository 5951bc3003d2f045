from django.urls import path

from loyalty import views

app_name = "loyalty"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("edit/", views.ladder_edit, name="ladder_edit"),
]
