"""What surveys tells in a guest's story: what was answered."""

from datetime import datetime

from django.db.models import Prefetch

from customers.models import Guest
from customers.timeline import TimelineEntry, register_timeline_source
from surveys.models import Answer, Question, Response

# A score this low wants a hand held out, not a statistic.
UNHAPPY_AT_MOST = 6


def register_sources() -> None:
    register_timeline_source("surveys", answer_entries)


def answer_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return the guest's answers. Two queries."""
    responses = Response.objects.filter(invitation__guest=guest)
    if before:
        responses = responses.filter(submitted_at__lt=before)
    ordered = Answer.objects.select_related("question").order_by("question__position")
    newest = (
        responses.select_related("survey")
        .prefetch_related(Prefetch("answers", ordered))
        .order_by("-submitted_at", "-pk")
    )
    return [_entry(response) for response in newest[:limit]]


def _entry(response: Response) -> TimelineEntry:
    answers = list(response.answers.all())
    scores = {a.question.kind: a.number for a in answers if a.number is not None}
    recommend = scores.get(Question.Kind.RECOMMEND)
    is_unhappy = recommend is not None and recommend <= UNHAPPY_AT_MOST
    return TimelineEntry(
        at=response.submitted_at,
        key=f"response:{response.pk:020}",
        template="surveys/timeline_response.html",
        subject=response,
        tone="brick" if is_unhappy else "leaf",
        extra={
            "recommend": recommend,
            "satisfaction": scores.get(Question.Kind.SATISFACTION),
            "comments": [answer.text for answer in answers if answer.text],
        },
    )
