from django.urls import path

from customers import (
    care_urls,
    list_urls,
    need_urls,
    note_urls,
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
    *note_urls.urlpatterns,
    *need_urls.urlpatterns,
    path("settings/notice/", notice_views.booking_notice, name="booking_notice"),
    path("guests/<uuid:guest_uuid>/consent/", views.consent_add, name="consent_add"),
    path("guests/<uuid:guest_uuid>/copy/", privacy_views.guest_copy, name="guest_copy"),
    path(
        "guests/<uuid:guest_uuid>/forget/",
        privacy_views.guest_erase,
        name="guest_erase",
    ),
]
