"""Which guests a list shows: what can be asked of the register, and how it is asked.

Two things a query cannot know, an address that is left alone and one that a booking
site lends out, are asked afterwards; see ``who_may_be_written_to``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from crm.core.clock import add_months
from crm.tenancy.models import Business
from customers.lists.reachable import who_may_be_written_to
from customers.models import (
    Channel,
    Company,
    ConsentEvent,
    ContactPoint,
    Guest,
    Purpose,
    Segment,
    Tag,
    Visit,
    known,
)
from customers.profile.tags import tag_filter
from customers.quality.amiss import is_amiss
from customers.segments.asking import guests_in
from customers.segments.trees import TreeProblem

Kind, State = ContactPoint.Kind, Visit.State


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFilters:
    """What was asked for; whatever is empty or None was not. All of it must fit.

    Days are the business's own and included. ``arriving`` is a number of days from
    today, ``birthday`` is ``this`` or ``next`` month, ``reach`` one of ``email``,
    ``phone`` and ``none``, ``amiss`` a word of ``customers.quality.amiss.AMISS``.
    """

    tag: Tag | None = None
    segment: Segment | None = None
    vip: bool = False
    company: Company | None = None
    country: str = ""
    language: str = ""
    source: str = ""
    reach: str = ""
    visits: int | None = None
    last_from: date | None = None
    last_to: date | None = None
    away: date | None = None
    arriving: int | None = None
    birthday: str = ""
    amiss: str = ""
    news: bool = False


def guests_who_fit(
    business: Business, filters: GuestFilters, *, today: date
) -> QuerySet[Guest]:
    """Return the guests of whom everything asked is true, in no order.

    With ``news`` some may be among them who may not be written to after all.
    """
    guests = Guest.objects.filter(known(), business=business)
    return narrowed(guests, business, filters, today=today)


def narrowed(
    guests: QuerySet[Guest], business: Business, filters: GuestFilters, *, today: date
) -> QuerySet[Guest]:
    """Return those of ``guests`` of whom everything asked is true, in their order."""
    # The summary's own house is named, so that an index over its columns is entered.
    guests = guests.filter(summary__business=business)
    for condition in _conditions(business, filters, today=today):
        guests = guests.filter(condition)
    return guests


def who_fit_after_all(
    business: Business, filters: GuestFilters, guest_ids: Iterable[int]
) -> set[int]:
    """Return those of ``guests_who_fit`` who fit also by what no query can know."""
    ids = list(guest_ids)
    if not filters.news:
        return set(ids)
    return who_may_be_written_to(business, ids, purpose=Purpose.MARKETING)


def _conditions(business: Business, filters: GuestFilters, *, today: date) -> list[Q]:
    asked: list[tuple[object, Callable[[], Q]]] = [
        (filters.vip, lambda: Q(is_vip=True)),
        (filters.company, lambda: Q(company=filters.company)),
        (filters.country, lambda: Q(country=filters.country)),
        (filters.language, lambda: Q(language=filters.language)),
        (filters.source, lambda: Q(source=filters.source)),
        (filters.reach, lambda: _reached_by(filters.reach)),
        (filters.birthday, lambda: _born_in(filters.birthday, today)),
        (filters.last_from, lambda: Q(summary__last_visit_on__gte=filters.last_from)),
        (filters.last_to, lambda: Q(summary__last_visit_on__lte=filters.last_to)),
        (filters.amiss, lambda: is_amiss(filters.amiss, business, today=today)),
        (filters.news, lambda: _said_yes_to_news()),
    ]
    conditions = [condition() for value, condition in asked if value]
    if filters.tag:
        conditions.append(tag_filter(business, filters.tag, today))
    if filters.segment:
        conditions.append(_in_segment(filters.segment, business, today))
    if filters.visits is not None:
        conditions.append(Q(summary__visits__gte=filters.visits))
    if filters.away:
        conditions.append(_away_since(filters.away))
    if filters.arriving is not None:
        last = today + timedelta(days=filters.arriving)
        conditions.append(_has_visit(State.BOOKED, arrival_date__range=(today, last)))
    return conditions


def _in_segment(segment: Segment, business: Business, today: date) -> Q:
    try:
        inside = guests_in(business, segment.rules, today=today)
    except TreeProblem:
        # Its own page says what is wrong with it.
        return Q(pk__in=[])
    return Q(pk__in=inside.order_by().values("pk"))


def _away_since(day: date) -> Q:
    # Who is here, or about to come, is not away.
    return (
        Q(summary__last_visit_on__lte=day)
        & Q(summary__next_arrival_on=None)
        & ~_has_visit(State.IN_HOUSE)
    )


def _has_visit(state: str, **look_ups: object) -> Q:
    visits = Visit.objects.filter(
        business=OuterRef("business"), guest=OuterRef("pk"), state=state, **look_ups
    )
    return Q(Exists(visits))


def _reached_by(reach: str) -> Q:
    points = ContactPoint.objects.filter(guest=OuterRef("pk"))
    if reach == "none":
        return ~Q(Exists(points))
    return Q(Exists(points.filter(kind=reach)))


def _born_in(which: str, today: date) -> Q:
    month = add_months(today, 1 if which == "next" else 0)
    return Q(birthday_month=month.month)


def _said_yes_to_news() -> Q:
    said_yes = Q()
    for channel in Channel:
        newest = ConsentEvent.objects.filter(
            guest=OuterRef("pk"), purpose=Purpose.MARKETING, channel=channel
        ).order_by("-at", "-pk")
        said_yes |= Q(Subquery(newest.values("is_granted")[:1]))
    return said_yes
