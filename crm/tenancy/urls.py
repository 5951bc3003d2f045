from django.urls import path

from crm.tenancy import staff_views, views

app_name = "tenancy"

urlpatterns = [
    path("", views.business_settings, name="settings"),
    # /<slug>/settings/venues/
    path("venues/", views.venue_list, name="venue_list"),
    path("venues/<uuid:venue_uuid>/", views.venue_edit, name="venue_edit"),
    path("venues/<uuid:venue_uuid>/close/", views.venue_close, name="venue_close"),
    path("venues/<uuid:venue_uuid>/reopen/", views.venue_reopen, name="venue_reopen"),
    # /<slug>/settings/staff/
    path("staff/", staff_views.staff_list, name="staff_list"),
    path("staff/<uuid:staff_uuid>/", staff_views.staff_edit, name="staff_edit"),
    path(
        "staff/<uuid:staff_uuid>/remove/",
        staff_views.staff_remove,
        name="staff_remove",
    ),
    path(
        "invitations/<uuid:invitation_uuid>/send/",
        staff_views.invitation_renew,
        name="invitation_renew",
    ),
    path(
        "invitations/<uuid:invitation_uuid>/revoke/",
        staff_views.invitation_revoke,
        name="invitation_revoke",
    ),
]
