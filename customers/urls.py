from django.urls import path

from customers import (
    care_urls,
    list_urls,
    note_views,
    notice_views,
    people_urls,
    privacy_views,
    profile_urls,
    views,
    visit_urls,
)

app_name = "customers"

urlpatterns = [
    *care_urls.urlpatterns,
    *profile_urls.urlpatterns,
    *visit_urls.urlpatterns,
    *list_urls.urlpatterns,
    *people_urls.urlpatterns,
    path("settings/notice/", notice_views.booking_notice, name="booking_notice"),
    path("guests/<uuid:guest_uuid>/consent/", views.consent_add, name="consent_add"),
    path("guests/<uuid:guest_uuid>/copy/", privacy_views.guest_copy, name="guest_copy"),
    path(
        "guests/<uuid:guest_uuid>/forget/",
        privacy_views.guest_erase,
        name="guest_erase",
    ),
    path("guests/<uuid:guest_uuid>/notes/", note_views.note_create, name="note_create"),
    path(
        "guests/<uuid:guest_uuid>/notes/on-top/",
        note_views.pinned_notes,
        name="pinned_notes",
    ),
    path("notes/<uuid:note_uuid>/", note_views.note_detail, name="note_detail"),
    path("notes/<uuid:note_uuid>/edit/", note_views.note_edit, name="note_edit"),
    path("notes/<uuid:note_uuid>/pin/", note_views.note_pin, name="note_pin"),
    path("notes/<uuid:note_uuid>/remove/", note_views.note_remove, name="note_remove"),
    path(
        "notes/<uuid:note_uuid>/bring-back/",
        note_views.note_bring_back,
        name="note_bring_back",
    ),
]
