from django.urls import path

from customers import notice_views, privacy_views, views, visit_views

app_name = "customers"

urlpatterns = [
    path("settings/notice/", notice_views.booking_notice, name="booking_notice"),
    path("guests/", views.guest_list, name="guest_list"),
    path("guests/new/", views.guest_create, name="guest_create"),
    path("guests/<uuid:guest_uuid>/edit/", views.guest_edit, name="guest_edit"),
    path("guests/<uuid:guest_uuid>/consent/", views.consent_add, name="consent_add"),
    path("guests/<uuid:guest_uuid>/copy/", privacy_views.guest_copy, name="guest_copy"),
    path(
        "guests/<uuid:guest_uuid>/forget/",
        privacy_views.guest_erase,
        name="guest_erase",
    ),
    path(
        "guests/<uuid:guest_uuid>/visits/new/",
        visit_views.visit_create,
        name="visit_create",
    ),
    path("visits/<uuid:visit_uuid>/edit/", visit_views.visit_edit, name="visit_edit"),
]
