"""Pages a guest reaches from a message: stop, and choose what we send."""

from django.urls import path

from outreach import public

app_name = "preferences"

urlpatterns = [
    path("u/<str:token>/", public.unsubscribe, name="unsubscribe"),
    path("p/<str:token>/", public.preferences, name="preferences"),
]
