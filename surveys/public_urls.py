"""The guest's survey page, by link."""

from django.urls import path

from surveys import public

app_name = "survey"

urlpatterns = [
    path("<str:token>/", public.answer, name="answer"),
]
