"""Notes about guests."""

from django.urls import path

from customers.notes import views as note_views

urlpatterns = [
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
