"""What can be asked of all visits of a guest together. Visits are completed ones."""

from collections.abc import Mapping

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm.tenancy.models import Business
from customers.segments.conditions import (
    by_comparison,
    by_date,
    by_number,
    days_since,
)
from customers.segments.fields import Context, Field
from customers.segments.operators import Kind, Operator

Op = Operator
Says = Mapping[Operator, str | Promise]
VISITS = _("Their visits together")

# How many times the usual gap somebody has been silent, in halves, from low to high.
_HALVES = {"due": 3, "slipping": 6, "lapsed": 12}


def _silences(_business: Business) -> list[tuple[str, str]]:
    return [
        ("on_time", str(_("not longer away than usual"))),
        ("due", str(_("away a little longer than usual"))),
        ("slipping", str(_("away three times as long as usual"))),
        ("lapsed", str(_("away six times as long as usual"))),
    ]


def _silence(operator: Operator, value: tuple[str, ...] | None, context: Context) -> Q:
    """Ask only of those with a usual gap, which takes three visits. Who is about to
    come, whatever they are called, is not away."""
    known = Q(
        summary__usual_gap_days__isnull=False, summary__last_visit_on__isnull=False
    )
    if operator == Op.IS_KNOWN:
        return known
    if operator == Op.IS_UNKNOWN:
        return ~known
    fits = Q(pk__in=[])
    for name in value or ():
        fits |= _as_silent(name, context)
    return known & fits if operator == Op.ONE_OF else known & ~fits


def _as_silent(name: str, context: Context) -> Q:
    is_coming = Q(summary__next_arrival_on__gte=context.today) & Q(
        summary__next_arrival_on__isnull=False
    )
    names = list(_HALVES)
    if name not in _HALVES:
        return is_coming | ~_silent_for(_HALVES["due"], context)
    asked = ~is_coming & _silent_for(_HALVES[name], context)
    if name != names[-1]:
        longer = _HALVES[names[names.index(name) + 1]]
        asked &= ~_silent_for(longer, context)
    return asked


def _silent_for(halves: int, context: Context) -> Q:
    known = Q(
        summary__usual_gap_days__isnull=False, summary__last_visit_on__isnull=False
    )
    silence = days_since("summary__last_visit_on", context.today) * 2
    usual = Greatest(F("summary__usual_gap_days"), 1) * halves
    return known & Q(GreaterThanOrEqual(silence, usual))


def _counted(name: str, label: str | Promise, column: str, says: Says) -> Field:
    return Field(
        name=f"visits.{name}",
        label=label,
        group=VISITS,
        kind=Kind.NUMBER,
        to_q=by_number(f"summary__{column}"),
        says=says,
    )


def _dated(name: str, label: str | Promise, column: str, says: Says) -> Field:
    return Field(
        name=f"visits.{name}",
        label=label,
        group=VISITS,
        kind=Kind.DATE,
        to_q=by_date(f"summary__{column}"),
        says=says,
    )


FIELDS = (
    _counted(
        "count",
        _("Visits"),
        "visits",
        {
            Op.AT_LEAST: ngettext_lazy(
                "have visited at least %(value)s time",
                "have visited at least %(value)s times",
                "number",
            ),
            Op.AT_MOST: ngettext_lazy(
                "have visited at most %(value)s time",
                "have visited at most %(value)s times",
                "number",
            ),
            Op.BETWEEN: _("have visited between %(value)s times"),
            Op.IS: ngettext_lazy(
                "have visited %(value)s time", "have visited %(value)s times", "number"
            ),
        },
    ),
    _counted(
        "days",
        _("Days they came on"),
        "visit_days",
        {
            Op.AT_LEAST: ngettext_lazy(
                "came on at least %(value)s day",
                "came on at least %(value)s days",
                "number",
            ),
            Op.AT_MOST: ngettext_lazy(
                "came on at most %(value)s day",
                "came on at most %(value)s days",
                "number",
            ),
            Op.IS: ngettext_lazy(
                "came on %(value)s day", "came on %(value)s days", "number"
            ),
        },
    ),
    _counted(
        "nights",
        _("Nights"),
        "nights",
        {
            Op.AT_LEAST: ngettext_lazy(
                "have stayed at least %(value)s night",
                "have stayed at least %(value)s nights",
                "number",
            )
        },
    ),
    Field(
        name="visits.spend",
        label=_("Spend"),
        group=VISITS,
        kind=Kind.MONEY,
        to_q=by_number("summary__spend"),
        says={
            Op.AT_LEAST: _("have spent at least %(value)s"),
            Op.AT_MOST: _("have spent at most %(value)s"),
        },
    ),
    Field(
        name="visits.average_spend",
        label=_("Spend for each visit"),
        group=VISITS,
        kind=Kind.MONEY,
        to_q=by_comparison(
            F("summary__spend"),
            lambda amount: F("summary__visits") * Value(amount),
            Q(summary__visits__gte=1),
        ),
        says={
            Op.AT_LEAST: _("spend at least %(value)s each visit"),
            Op.AT_MOST: _("spend at most %(value)s each visit"),
        },
    ),
    _dated(
        "first_on",
        _("First visit"),
        "first_visit_on",
        {
            Op.IN_LAST_DAYS: _("came for the first time in the last %(value)s"),
            Op.MORE_THAN_DAYS_AGO: _("came for the first time more than %(value)s ago"),
            Op.IS_UNKNOWN: _("have not visited yet"),
        },
    ),
    _dated("second_on", _("Second visit"), "second_visit_on", {}),
    _dated(
        "last_on",
        _("Last visit"),
        "last_visit_on",
        {
            Op.IN_LAST_DAYS: _("were here in the last %(value)s"),
            Op.MORE_THAN_DAYS_AGO: _("have not been here for more than %(value)s"),
        },
    ),
    _dated(
        "next_on",
        _("Next arrival"),
        "next_arrival_on",
        {
            Op.IN_NEXT_DAYS: _("arrive in the next %(value)s"),
            Op.IS_KNOWN: _("have booked"),
            Op.IS_UNKNOWN: _("have nothing booked"),
        },
    ),
    _counted(
        "no_shows",
        _("Times they did not come"),
        "no_shows",
        {
            Op.AT_LEAST: ngettext_lazy(
                "did not come at least %(value)s time",
                "did not come at least %(value)s times",
                "number",
            )
        },
    ),
    _counted(
        "cancelled",
        _("Cancellations"),
        "cancelled_visits",
        {
            Op.AT_LEAST: ngettext_lazy(
                "have cancelled at least %(value)s time",
                "have cancelled at least %(value)s times",
                "number",
            )
        },
    ),
    Field(
        name="visits.usual_gap",
        label=_("Days between visits, usually"),
        group=VISITS,
        kind=Kind.NUMBER,
        to_q=by_number("summary__usual_gap_days"),
        operators=(Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.IS_KNOWN, Op.IS_UNKNOWN),
        says={
            Op.AT_MOST: ngettext_lazy(
                "usually come again within %(value)s day",
                "usually come again within %(value)s days",
                "number",
            )
        },
    ),
    Field(
        name="visits.silence",
        label=_("Away, by their own habit"),
        group=VISITS,
        kind=Kind.CHOICE,
        to_q=_silence,
        choices=_silences,
        says={Op.ONE_OF: _("are %(value)s")},
    ),
)
