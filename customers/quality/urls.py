"""How good the register is, what is asked at the desk, and links to one's own details."""

from django.urls import path

from customers.quality import question_views

urlpatterns = [
    path(
        "visits/<uuid:visit_uuid>/ask/",
        question_views.question_answer,
        name="question_answer",
    ),
]
