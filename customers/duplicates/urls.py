"""Guests who may be in the register twice: the queue, one pair, the thresholds."""

from django.urls import path

from customers.duplicates import pair_views, queue_views

urlpatterns = [
    path("guests/duplicates/", queue_views.duplicates, name="duplicates"),
    path(
        "guests/duplicates/look/", queue_views.duplicates_look, name="duplicates_look"
    ),
    path(
        "guests/duplicates/rules/",
        queue_views.duplicate_rules,
        name="duplicates_rules",
    ),
    path(
        "guests/duplicates/<uuid:pair_uuid>/",
        pair_views.pair_detail,
        name="duplicates_pair",
    ),
    path(
        "guests/duplicates/<uuid:pair_uuid>/one/",
        pair_views.pair_merge,
        name="duplicates_merge",
    ),
    path(
        "guests/duplicates/<uuid:pair_uuid>/two/",
        pair_views.pair_tell_apart,
        name="duplicates_tell_apart",
    ),
    path(
        "guests/duplicates/<uuid:pair_uuid>/reopen/",
        pair_views.pair_reopen,
        name="duplicates_reopen",
    ),
]
