"""Where providers call. Machines lose a slash now and then and follow no redirect."""

from django.urls import path

from outreach.events import receiving

app_name = "hooks"

urlpatterns = [
    path("<str:token>/<str:kind>/", receiving.receive, name="receive"),
    path("<str:token>/<str:kind>", receiving.receive),
]
