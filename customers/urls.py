from django.urls import path

from customers import views
from customers.care import urls as care_urls
from customers.duplicates import urls as duplicate_urls
from customers.imports import urls as import_urls
from customers.lists import urls as list_urls
from customers.merging import urls as merge_urls
from customers.needs import urls as need_urls
from customers.notes import urls as note_urls
from customers.people import urls as people_urls
from customers.privacy import notice_views
from customers.privacy import views as privacy_views
from customers.profile import urls as profile_urls
from customers.quality import urls as quality_urls
from customers.segments import urls as segment_urls
from customers.sign_up import urls as sign_up_urls
from customers.visiting import urls as visit_urls

app_name = "customers"

urlpatterns = [
    *care_urls.urlpatterns,
    *profile_urls.urlpatterns,
    *visit_urls.urlpatterns,
    *list_urls.urlpatterns,
    *import_urls.urlpatterns,
    *duplicate_urls.urlpatterns,
    *people_urls.urlpatterns,
    *merge_urls.urlpatterns,
    *note_urls.urlpatterns,
    *need_urls.urlpatterns,
    *quality_urls.urlpatterns,
    *segment_urls.urlpatterns,
    *sign_up_urls.urlpatterns,
    path("settings/notice/", notice_views.booking_notice, name="booking_notice"),
    path("guests/<uuid:guest_uuid>/consent/", views.consent_add, name="consent_add"),
    path("guests/<uuid:guest_uuid>/copy/", privacy_views.guest_copy, name="guest_copy"),
    path(
        "guests/<uuid:guest_uuid>/forget/",
        privacy_views.guest_erase,
        name="guest_erase",
    ),
]
