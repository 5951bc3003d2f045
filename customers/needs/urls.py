"""Health needs, for those who may see them."""

from django.urls import path

from customers.needs import views as need_views

urlpatterns = [
    path("guests/<uuid:guest_uuid>/needs/", need_views.needs_show, name="needs_show"),
    path(
        "guests/<uuid:guest_uuid>/needs/new/",
        need_views.need_create,
        name="need_create",
    ),
    path(
        "visits/<uuid:visit_uuid>/needs/",
        need_views.visit_needs_show,
        name="visit_needs_show",
    ),
    path("needs/<uuid:need_uuid>/remove/", need_views.need_remove, name="need_remove"),
]
