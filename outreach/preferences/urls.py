"""Pages a guest reaches from a message: stop, and choose what we send."""

from django.urls import path

from outreach.preferences import pages

app_name = "preferences"

# The one-click address is posted to by machines, which lose a slash now and then and
# must never be redirected.
urlpatterns = [
    path("u/<str:token>/", pages.unsubscribe, name="unsubscribe"),
    path("u/<str:token>", pages.unsubscribe),
    path("u/<str:token>/choose/", pages.preferences_of_address, name="address"),
    path("p/<str:token>/", pages.preferences, name="preferences"),
]
