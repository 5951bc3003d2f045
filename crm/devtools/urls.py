"""Pages of the demo only."""

from django.urls import URLPattern, URLResolver, path

from crm.devtools import style_page, views

app_name = "devtools"

urlpatterns: list[URLPattern | URLResolver] = [
    path("style/", style_page.style, name="style"),
    path("mailbox/", views.mailbox_list, name="mailbox_list"),
    path("mailbox/<slug:key>/", views.mailbox_detail, name="mailbox_detail"),
    path("mailbox/<slug:key>/html/", views.mailbox_html, name="mailbox_html"),
    path("mailbox/<slug:key>/raw/", views.mailbox_raw, name="mailbox_raw"),
]
