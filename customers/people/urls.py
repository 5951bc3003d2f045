"""Who guests are, and with whom they belong: their profiles, companies, households."""

from django.urls import path

from customers.people import (
    company_views,
    editing_views,
    household_views,
    new_guest_views,
)

urlpatterns = [
    path("guests/new/", new_guest_views.guest_create, name="guest_create"),
    path("guests/<uuid:guest_uuid>/edit/", editing_views.guest_edit, name="guest_edit"),
    path(
        "guests/<uuid:guest_uuid>/details/",
        editing_views.guest_details,
        name="guest_details",
    ),
    path(
        "guests/<uuid:guest_uuid>/household/",
        household_views.household_add,
        name="household_add",
    ),
    path(
        "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/",
        household_views.household_join,
        name="household_join",
    ),
    path(
        "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/leave/",
        household_views.household_leave,
        name="household_leave",
    ),
    path("companies/", company_views.company_list, name="company_list"),
    path("companies/names/", company_views.company_names, name="company_names"),
    path(
        "companies/<uuid:company_uuid>/",
        company_views.company_detail,
        name="company_detail",
    ),
    path(
        "companies/<uuid:company_uuid>/edit/",
        company_views.company_edit,
        name="company_edit",
    ),
]
