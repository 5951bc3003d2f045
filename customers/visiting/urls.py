"""Where visits are written down and put right. Part of ``customers/urls.py``."""

from django.urls import path

from customers.visiting import line_views, next_visit_views, visit_views

urlpatterns = [
    path("visits/new/", visit_views.visit_new, name="visit_new"),
    path(
        "guests/<uuid:guest_uuid>/visits/new/",
        visit_views.visit_create,
        name="visit_create",
    ),
    path("visits/<uuid:visit_uuid>/edit/", visit_views.visit_edit, name="visit_edit"),
    path("visits/<uuid:visit_uuid>/lines/", line_views.visit_lines, name="visit_lines"),
    path(
        "visits/<uuid:visit_uuid>/lines/sum/",
        line_views.visit_spend_sum,
        name="visit_spend_sum",
    ),
    path(
        "visits/<uuid:visit_uuid>/next/",
        next_visit_views.next_visit_note,
        name="next_visit_note",
    ),
    path(
        "visits/<uuid:visit_uuid>/next/take-back/",
        next_visit_views.next_visit_take_back,
        name="next_visit_take_back",
    ),
]
