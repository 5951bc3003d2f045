from django.urls import path

from customers.lists import bulk_views, guest_list_views, visit_list_views

urlpatterns = [
    path("guests/", guest_list_views.guest_list, name="guest_list"),
    path("guests/columns/", guest_list_views.guest_columns, name="guest_columns"),
    path("guests/export/", bulk_views.guest_export, name="guest_export"),
    path("guests/tag/", bulk_views.guest_bulk_tag, name="guest_bulk_tag"),
    path(
        "guests/tag/<uuid:job_uuid>/undo/",
        bulk_views.guest_bulk_tag_undo,
        name="guest_bulk_tag_undo",
    ),
    path("visits/", visit_list_views.visit_list, name="visit_list"),
    path("visits/columns/", visit_list_views.visit_columns, name="visit_columns"),
    path("visits/export/", visit_list_views.visit_export, name="visit_export"),
]
