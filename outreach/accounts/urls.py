"""Below ``outreach/sending/``."""

from django.urls import path

from outreach.accounts import hours_views, records_views, setup_views, views

urlpatterns = [
    path("", views.sending, name="sending"),
    path("hours/", hours_views.sending_hours, name="sending_hours"),
    path("new/<str:channel>/", setup_views.provider_choose, name="provider_choose"),
    path(
        "new/<str:channel>/<str:provider>/",
        setup_views.account_open,
        name="account_open",
    ),
    path("<uuid:account_uuid>/", views.account_detail, name="account_detail"),
    path("<uuid:account_uuid>/edit/", setup_views.account_edit, name="account_edit"),
    path("<uuid:account_uuid>/pace/", setup_views.account_pace, name="account_pace"),
    path(
        "<uuid:account_uuid>/prices/",
        setup_views.account_prices,
        name="account_prices",
    ),
    path(
        "<uuid:account_uuid>/records/",
        records_views.account_records,
        name="account_records",
    ),
    path("<uuid:account_uuid>/test/", views.account_test, name="account_test"),
    path("<uuid:account_uuid>/pause/", views.account_pause, name="account_pause"),
    path("<uuid:account_uuid>/resume/", views.account_resume, name="account_resume"),
    path("<uuid:account_uuid>/remove/", views.account_remove, name="account_remove"),
]
