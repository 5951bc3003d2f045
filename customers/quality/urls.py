"""How good the register is, what is asked at the desk, and links to one's own details."""

from django.urls import path

from customers.quality import question_views, register_views

urlpatterns = [
    path("guests/quality/", register_views.quality, name="quality"),
    path("guests/quality/questions/", register_views.questions, name="questions"),
    path(
        "guests/<uuid:guest_uuid>/details/ask/",
        register_views.details_ask,
        name="details_ask",
    ),
    path(
        "visits/<uuid:visit_uuid>/ask/",
        question_views.question_answer,
        name="question_answer",
    ),
]
