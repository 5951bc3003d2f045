"""Addresses of wishes, promises, extras and the checklist."""

from django.urls import include, path

from customers.care import policy_views, preference_views, promise_views
from customers.care import setting_views as care_setting_views

_SETTINGS = [
    path("wishes/", care_setting_views.preference_kinds, name="preference_kinds"),
    path(
        "wishes/<uuid:kind_uuid>/",
        care_setting_views.preference_kind_edit,
        name="preference_kind_edit",
    ),
    path(
        "wishes/<uuid:kind_uuid>/move/",
        care_setting_views.preference_kind_move,
        name="preference_kind_move",
    ),
    path(
        "wishes/<uuid:kind_uuid>/archive/",
        care_setting_views.preference_kind_archive,
        name="preference_kind_archive",
    ),
    path(
        "wishes/<uuid:kind_uuid>/unarchive/",
        care_setting_views.preference_kind_unarchive,
        name="preference_kind_unarchive",
    ),
    path("checklist/", care_setting_views.policy_steps, name="policy_steps"),
    path(
        "checklist/<uuid:step_uuid>/",
        care_setting_views.policy_step_edit,
        name="policy_step_edit",
    ),
    path(
        "checklist/<uuid:step_uuid>/move/",
        care_setting_views.policy_step_move,
        name="policy_step_move",
    ),
    path(
        "checklist/<uuid:step_uuid>/archive/",
        care_setting_views.policy_step_archive,
        name="policy_step_archive",
    ),
    path(
        "checklist/<uuid:step_uuid>/unarchive/",
        care_setting_views.policy_step_unarchive,
        name="policy_step_unarchive",
    ),
]

_GUESTS = [
    path(
        "<uuid:guest_uuid>/wishes/new/",
        preference_views.preference_create,
        name="preference_create",
    ),
    path(
        "<uuid:guest_uuid>/promises/new/",
        promise_views.guest_promise_create,
        name="guest_promise_create",
    ),
]

_WISHES = [
    path(
        "<uuid:preference_uuid>/edit/",
        preference_views.preference_edit,
        name="preference_edit",
    ),
    path(
        "<uuid:preference_uuid>/confirm/",
        preference_views.preference_confirm,
        name="preference_confirm",
    ),
    path(
        "<uuid:preference_uuid>/end/",
        preference_views.preference_end,
        name="preference_end",
    ),
    path(
        "<uuid:preference_uuid>/resume/",
        preference_views.preference_resume,
        name="preference_resume",
    ),
]

_PROMISES = [
    path("<uuid:promise_uuid>/edit/", promise_views.promise_edit, name="promise_edit"),
    path(
        "<uuid:promise_uuid>/remove/",
        promise_views.promise_remove,
        name="promise_remove",
    ),
]

_VISITS = [
    path(
        "<uuid:visit_uuid>/promises/",
        promise_views.promise_settle,
        name="promise_settle",
    ),
    path(
        "<uuid:visit_uuid>/promises/new/",
        promise_views.promise_create,
        name="promise_create",
    ),
    path(
        "<uuid:visit_uuid>/promises/<uuid:due_uuid>/",
        promise_views.promise_not_kept,
        name="promise_not_kept",
    ),
    path("<uuid:visit_uuid>/steps/", policy_views.steps_tick, name="steps_tick"),
]

urlpatterns = [
    path("settings/", include(_SETTINGS)),
    path("guests/", include(_GUESTS)),
    path("wishes/", include(_WISHES)),
    path("promises/", include(_PROMISES)),
    path("visits/", include(_VISITS)),
]
