"""Two entries of one guest: find the other, side by side, and back again."""

from django.urls import path

from customers.merging import views

urlpatterns = [
    path(
        "guests/<uuid:guest_uuid>/merge/",
        views.guest_merge_find,
        name="guest_merge_find",
    ),
    path(
        "guests/<uuid:guest_uuid>/merge/<uuid:other_uuid>/",
        views.guest_merge,
        name="guest_merge",
    ),
    path("guests/merges/<uuid:merge_uuid>/", views.merge_detail, name="merge_detail"),
    path("guests/merges/<uuid:merge_uuid>/undo/", views.merge_undo, name="merge_undo"),
]
