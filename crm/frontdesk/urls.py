from django.urls import path

from crm.frontdesk import views

app_name = "frontdesk"

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("today/", views.today, name="today"),
    path("guests/<uuid:guest_uuid>/", views.guest_detail, name="guest_detail"),
]
