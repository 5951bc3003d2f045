"""What guests answered, counted: SQL counts, ``crm.core.statistics`` says what it means.

All days are the business's own. Answers count by the day they came, questions by the
day they were sent.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import TruncMonth

from crm.core.periods import Period
from crm.core.statistics import MeanSummary, NpsSummary, Share
from crm.tenancy.models import Business, Venue
from surveys.models import Answer, Question

Kind = Question.Kind


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Answers that came in a period, and what became of the questions sent in it."""

    responses: dict[date, int] = field(default_factory=dict)
    # Answers by score, by month, by kind of question.
    scores: dict[str, dict[date, Counter[int]]] = field(default_factory=dict)
    asked: int = 0
    answered: int = 0

    @property
    def total(self) -> int:
        """Return how many guests answered."""
        return sum(self.responses.values())

    @property
    def rate(self) -> Share:
        """Return the share of the questions sent that have been answered so far."""
        return Share(self.answered, self.asked)

    @property
    def nps(self) -> NpsSummary:
        return NpsSummary.of_scores(self.counts(Kind.RECOMMEND))

    @property
    def satisfaction(self) -> MeanSummary:
        low, high = Question.SCALES[Kind.SATISFACTION]
        counts = self.counts(Kind.SATISFACTION)
        return MeanSummary.of_scores(counts, low=low, high=high)

    def counts(self, kind: str) -> Counter[int]:
        """Return the number of answers by score over the whole period."""
        return sum(self.scores.get(kind, {}).values(), Counter())

    def nps_in(self, month: date) -> NpsSummary:
        """Return the summary of one month, given by its first day."""
        return NpsSummary.of_scores(self.scores.get(Kind.RECOMMEND, {}).get(month, {}))


def answer_figures(
    business: Business, period: Period, *, venue: Venue | None = None
) -> AnswerFigures:
    """Return the figures of a period, of one venue or of all. Costs three queries.

    An answer whose guest was forgotten belongs to no venue any more.
    """
    zone = ZoneInfo(business.time_zone)
    responses = business.survey_responses.filter(
        _within("submitted_at", business, period)
    )
    answers = business.survey_answers.filter(
        _within("response__submitted_at", business, period), number__isnull=False
    )
    sent = business.survey_invitations.filter(_within("sent_at", business, period))
    if venue:
        responses = responses.filter(invitation__visit__venue=venue)
        answers = answers.filter(response__invitation__visit__venue=venue)
        sent = sent.filter(visit__venue=venue)
    by_month = responses.annotate(month=TruncMonth("submitted_at", tzinfo=zone))
    counts = sent.aggregate(asked=Count("pk"), answered=Count("response"))
    return AnswerFigures(
        responses={
            month.date(): number
            for month, number in by_month.values_list("month").annotate(Count("pk"))
        },
        scores=_scores(answers, zone),
        asked=counts["asked"],
        answered=counts["answered"],
    )


def _scores(
    answers: QuerySet[Answer], zone: ZoneInfo
) -> dict[str, dict[date, Counter[int]]]:
    rows = (
        answers.annotate(month=TruncMonth("response__submitted_at", tzinfo=zone))
        .values_list("question__kind", "month", "number")
        .annotate(Count("pk"))
    )
    scores: dict[str, dict[date, Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for kind, month, number, count in rows:
        scores[kind][month.date()][number] += count
    return scores


def _within(field: str, business: Business, period: Period) -> Q:
    return Q(**period.filters(field, business.time_zone))


def comments(
    business: Business, period: Period, *, venue: Venue | None = None
) -> "QuerySet[Answer]":
    """Return what guests wrote in a period, newest first, with guest and score."""
    answers = business.survey_answers.filter(
        _within("response__submitted_at", business, period), text__gt=""
    )
    if venue:
        answers = answers.filter(response__invitation__visit__venue=venue)
    scores = Answer.objects.filter(question__kind=Kind.RECOMMEND)
    return (
        answers.select_related(
            "question",
            "response__invitation__guest",
            "response__invitation__visit__venue",
        )
        .prefetch_related(Prefetch("response__answers", scores, to_attr="recommended"))
        .order_by("-response__submitted_at", "-pk")
    )
