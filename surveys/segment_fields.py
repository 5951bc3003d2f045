"""What can be asked of what guests answered."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.segments.conditions import INSTANT_OPERATORS, by_instant, by_rows
from customers.segments.fields import Context, Field, ToQ, register_fields
from customers.segments.operators import Kind, Operator
from surveys.models import Answer, Question, Response

Op = Operator
SURVEYS = _("What they answered")


def _answers(kind: str, context: Context) -> QuerySet[Answer]:
    answers = Answer.objects.filter(
        business=context.business,
        question__kind=kind,
        number__isnull=False,
        response__invitation__guest__isnull=False,
    )
    if context.guest_ids is not None:
        answers = answers.filter(response__invitation__guest__in=context.guest_ids)
    return answers


def _last_score(kind: str) -> ToQ:
    """Return questions of the newest number a guest gave to a kind of question."""

    def to_q(operator: Operator, value: Any, context: Context) -> Q:
        newest = (
            _answers(kind, context)
            .order_by(
                "response__invitation__guest", "-response__submitted_at", "-response"
            )
            .distinct("response__invitation__guest")
        )
        rows = Answer.objects.filter(pk__in=newest.values("pk"))
        if operator == Op.IS_KNOWN:
            fits = Q()
        elif operator == Op.IS_UNKNOWN:
            return ~Q(pk__in=rows.values("response__invitation__guest"))
        else:
            fits = _compared(operator, value)
        return Q(pk__in=rows.filter(fits).values("response__invitation__guest"))

    return to_q


def _compared(operator: Operator, value: Any) -> Q:
    if operator == Op.BETWEEN:
        return Q(number__range=value)
    look_up = {Op.AT_LEAST: "gte", Op.AT_MOST: "lte", Op.IS: "exact"}[operator]
    return Q((f"number__{look_up}", value))


def _responses(_context: Context) -> QuerySet[Response]:
    return Response.objects.filter(invitation__guest=OuterRef("pk"))


def _answered(operator: Operator, value: Any, context: Context) -> Q:
    if operator == Op.IS_UNKNOWN:
        return ~Q(Exists(_responses(context)))
    return by_rows(_responses, by_instant("submitted_at"))(operator, value, context)


_SCORES = (
    Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.IS, Op.IS_KNOWN, Op.IS_UNKNOWN,
)  # fmt: skip


def register_segment_fields() -> None:
    register_fields(
        Field(
            name="surveys.satisfaction",
            label=_("Satisfaction, last time, of 10"),
            group=SURVEYS,
            kind=Kind.NUMBER,
            to_q=_last_score(Question.Kind.SATISFACTION),
            operators=_SCORES,
            says={
                Op.AT_LEAST: _("were satisfied with at least %(value)s of 10"),
                Op.AT_MOST: _("were satisfied with at most %(value)s of 10"),
            },
        ),
        Field(
            name="surveys.recommend",
            label=_("Would recommend us, last time, of 10"),
            group=SURVEYS,
            kind=Kind.NUMBER,
            to_q=_last_score(Question.Kind.RECOMMEND),
            operators=_SCORES,
            says={
                Op.AT_LEAST: _("would recommend us with at least %(value)s of 10"),
                Op.AT_MOST: _("would recommend us with at most %(value)s of 10"),
            },
        ),
        Field(
            name="surveys.answered_on",
            label=_("Answered a survey"),
            group=SURVEYS,
            kind=Kind.DATE,
            to_q=_answered,
            operators=(*INSTANT_OPERATORS, Op.IS_KNOWN, Op.IS_UNKNOWN),
            says={
                Op.IN_LAST_DAYS: _("answered a survey in the last %(value)s"),
                Op.IS_KNOWN: _("have answered a survey"),
                Op.IS_UNKNOWN: _("have never answered a survey"),
            },
        ),
    )
