from django.urls import path

from customers.segments import acts, builder_views, views

urlpatterns = [
    path("segments/", views.segment_list, name="segment_list"),
    path("segments/new/", builder_views.segment_create, name="segment_create"),
    path("segments/sum/", builder_views.segment_sum, name="segment_sum"),
    path("segments/<uuid:segment_uuid>/", views.segment_detail, name="segment_detail"),
    path(
        "segments/<uuid:segment_uuid>/count/",
        views.segment_count,
        name="segment_count",
    ),
    path(
        "segments/<uuid:segment_uuid>/edit/",
        builder_views.segment_edit,
        name="segment_edit",
    ),
    path("segments/<uuid:segment_uuid>/copy/", acts.segment_copy, name="segment_copy"),
    path(
        "segments/<uuid:segment_uuid>/delete/",
        acts.segment_delete,
        name="segment_delete",
    ),
    path(
        "segments/<uuid:segment_uuid>/restore/",
        acts.segment_restore,
        name="segment_restore",
    ),
    path(
        "segments/<uuid:segment_uuid>/why/<uuid:guest_uuid>/",
        views.segment_why,
        name="segment_why",
    ),
    path(
        "guests/<uuid:guest_uuid>/segments/",
        views.guest_segments,
        name="guest_segments",
    ),
]
