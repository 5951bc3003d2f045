"""What can be asked of one visit, inside a visit group."""

from typing import Any

from babel.dates import get_day_names
from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm.core.locales import active_locale
from crm.core.text import search_key
from crm.tenancy.models import Business
from customers.lists.values_in_use import values_in_use
from customers.models import Visit, VisitLine
from customers.segments.conditions import (
    by_choice,
    by_comparison,
    by_date,
    by_flag,
    by_number,
    by_row,
    days_between,
)
from customers.segments.fields import Context, Field, Scope, ToQ
from customers.segments.operators import Kind, Operator

Op = Operator
ONE_VISIT = _("One visit")


def _venues(business: Business) -> list[tuple[str, str]]:
    rows = business.venues.order_by("name", "pk")
    return [(str(uuid), name) for uuid, name in rows.values_list("uuid", "name")]


def _sources(business: Business) -> list[tuple[str, str]]:
    return [(word, word) for word in values_in_use(Visit, "source", business)]


def _kinds(_business: Business) -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in Visit.Kind]


def _states(_business: Business) -> list[tuple[str, str]]:
    return [(state.value, str(state.label)) for state in Visit.State]


def _weekdays(_business: Business) -> list[tuple[str, str]]:
    names = get_day_names("wide", "stand-alone", locale=active_locale())
    return [(str(day + 1), names[day]) for day in range(7)]


def _on_weekday(operator: Operator, value: tuple[str, ...], _context: Context) -> Q:
    fits = Q(arrival_date__iso_week_day__in=[int(day) for day in value])
    return fits if operator == Op.ONE_OF else ~fits


def _had(operator: Operator, value: Any, context: Context) -> Q:
    """Ask for a line by its name, as search folds it."""
    lines = VisitLine.objects.filter(business=context.business, visit=OuterRef("pk"))
    if operator == Op.IS_KNOWN:
        return Q(Exists(lines))
    if operator == Op.IS_UNKNOWN:
        return ~Q(Exists(lines))
    key = search_key(value)[:80]
    look_up = "key__startswith" if operator == Op.BEGINS_WITH else "key"
    return Q(Exists(lines.filter(Q((look_up, key)))))


def _field(
    name: str, label: str | Promise, kind: Kind, to_q: ToQ, **more: Any
) -> Field:
    return Field(
        name=f"visit.{name}",
        label=label,
        group=ONE_VISIT,
        kind=kind,
        to_q=to_q,
        scope=Scope.VISIT,
        **more,
    )


_CHOSEN = (Op.ONE_OF, Op.NOT_ONE_OF)

FIELDS = (
    _field(
        "state",
        _("What became of it"),
        Kind.CHOICE,
        by_choice("state"),
        choices=_states,
        operators=_CHOSEN,
        says={
            Op.ONE_OF: _("marked %(value)s"),
            Op.NOT_ONE_OF: _("not marked %(value)s"),
        },
    ),
    _field(
        "venue",
        _("Venue"),
        Kind.CHOICE,
        by_row("venue"),
        choices=_venues,
        operators=_CHOSEN,
    ),
    _field(
        "kind",
        _("Kind of visit"),
        Kind.CHOICE,
        by_choice("kind"),
        choices=_kinds,
        operators=_CHOSEN,
    ),
    _field(
        "arrival",
        _("Arrival"),
        Kind.DATE,
        by_date("arrival_date"),
        operators=(
            Op.IN_LAST_DAYS,
            Op.MORE_THAN_DAYS_AGO,
            Op.IN_NEXT_DAYS,
            Op.BEFORE,
            Op.AFTER,
            Op.BETWEEN,
            Op.IN_MONTHS,
        ),
        says={Op.BETWEEN: _("between %(value)s")},
    ),
    _field(
        "weekday",
        _("Day of the week"),
        Kind.CHOICE,
        _on_weekday,
        choices=_weekdays,
        operators=_CHOSEN,
        says={Op.ONE_OF: _("that began on a %(value)s")},
    ),
    _field(
        "nights",
        _("Nights"),
        Kind.NUMBER,
        by_comparison(
            days_between(F("arrival_date"), F("departure_date")),
            lambda nights: nights,
            Q(),
        ),
        operators=(Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
        says={
            Op.AT_LEAST: ngettext_lazy(
                "of at least %(value)s night", "of at least %(value)s nights", "number"
            ),
            Op.AT_MOST: ngettext_lazy(
                "of at most %(value)s night", "of at most %(value)s nights", "number"
            ),
            Op.BETWEEN: _("of between %(value)s nights"),
        },
    ),
    _field(
        "spend",
        _("Spend"),
        Kind.MONEY,
        by_number("spend"),
        says={
            Op.AT_LEAST: _("with a spend of at least %(value)s"),
            Op.AT_MOST: _("with a spend of at most %(value)s"),
        },
    ),
    _field("party_size", _("People"), Kind.NUMBER, by_number("party_size")),
    _field(
        "source",
        _("Booked through"),
        Kind.CHOICE,
        by_choice("source"),
        choices=_sources,
        is_open=True,
    ),
    _field(
        "line",
        _("Had on the bill"),
        Kind.TEXT,
        _had,
        says={
            Op.IS: _("with %(value)s on the bill"),
            Op.BEGINS_WITH: _("with what begins with %(value)s on the bill"),
        },
    ),
    _field(
        "employer_pays",
        _("An employer pays"),
        Kind.YES_NO,
        by_flag(lambda _context: Q(is_employer_paid=True)),
        says={
            Op.YES: _("that an employer pays"),
            Op.NO: _("that no employer pays"),
        },
    ),
)
