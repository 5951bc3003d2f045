"""Where managers open, change and print the forms by which people sign up."""

from django.urls import path

from customers.sign_up import views

SIGN_UP = "guests/sign-up"

urlpatterns = [
    path(f"{SIGN_UP}/", views.sign_up_pages, name="sign_up_pages"),
    path(
        f"{SIGN_UP}/venues/<uuid:venue_uuid>/open/",
        views.sign_up_open,
        name="sign_up_open",
    ),
    path(f"{SIGN_UP}/words/", views.sign_up_wording, name="sign_up_wording"),
    path(f"{SIGN_UP}/<uuid:page_uuid>/", views.sign_up_edit, name="sign_up_edit"),
    path(
        f"{SIGN_UP}/<uuid:page_uuid>/poster/",
        views.sign_up_poster,
        name="sign_up_poster",
    ),
]
