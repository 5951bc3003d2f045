from django.urls import path

from customers import views

app_name = "customers"

urlpatterns = [
    path("guests/", views.guest_list, name="guest_list"),
    path("guests/new/", views.guest_create, name="guest_create"),
]
