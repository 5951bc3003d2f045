"""The form by which people sign up, and the link that confirms it."""

from django.urls import path

from customers.sign_up import public, public_confirm

app_name = "join"

urlpatterns = [
    path("join/<str:token>/", public.form, name="form"),
    path("join/yes/<str:token>/", public_confirm.confirm, name="confirm"),
]
