"""What the house adds to a profile: tags, own fields, a photo, and a yes taken back."""

from django.urls import path

from customers.profile import (
    agreement_views,
    field_setting_views,
    photo_views,
    tag_setting_views,
    tag_views,
)

GUEST = "guests/<uuid:guest_uuid>"
FIELD = "settings/fields/<uuid:field_uuid>"
TAG = "settings/tags/<uuid:tag_uuid>"

urlpatterns = [
    path(
        f"{GUEST}/agreements/withdraw/",
        agreement_views.agreement_withdraw,
        name="agreement_withdraw",
    ),
    path(f"{GUEST}/photo/", photo_views.guest_photo, name="guest_photo"),
    path(f"{GUEST}/photo/new/", photo_views.guest_photo_new, name="guest_photo_new"),
    path(
        f"{GUEST}/photo/remove/",
        photo_views.guest_photo_remove,
        name="guest_photo_remove",
    ),
    path(f"{GUEST}/tags/", tag_views.guest_tag_add, name="guest_tag_add"),
    path(
        f"{GUEST}/tags/<uuid:tag_uuid>/give/",
        tag_views.guest_tag_give,
        name="guest_tag_give",
    ),
    path(
        f"{GUEST}/tags/<uuid:tag_uuid>/take/",
        tag_views.guest_tag_take,
        name="guest_tag_take",
    ),
    path("settings/fields/", field_setting_views.field_list, name="field_list"),
    path(f"{FIELD}/", field_setting_views.field_edit, name="field_edit"),
    path(f"{FIELD}/archive/", field_setting_views.field_archive, name="field_archive"),
    path(f"{FIELD}/move/", field_setting_views.field_move, name="field_move"),
    path(f"{FIELD}/restore/", field_setting_views.field_restore, name="field_restore"),
    path("settings/tags/", tag_setting_views.tag_list, name="tag_list"),
    path(f"{TAG}/", tag_setting_views.tag_edit, name="tag_edit"),
    path(f"{TAG}/delete/", tag_setting_views.tag_delete, name="tag_delete"),
    path(f"{TAG}/restore/", tag_setting_views.tag_restore, name="tag_restore"),
]
