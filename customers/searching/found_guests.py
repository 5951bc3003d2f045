"""What drops from the search box: who fits, and which mark of theirs it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.utils.translation import gettext as _

from crm.core.phones import format_phone
from crm.core.text import one_spelling, plain_words
from crm.tenancy.models import Business
from customers.models import ContactPoint, Guest
from customers.searching.conditions import Fit, Query
from customers.searching.search import search_guests

# As many as can be taken in at a glance.
MOST = 8


@dataclass(frozen=True, slots=True)
class FoundGuest:
    """A guest who fits. ``marks`` tell them from others, what was typed first.

    ``begins_others`` is on the first of those whose names are only alike.
    """

    guest: Guest
    marks: tuple[str, ...]
    begins_others: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest guests; with ``is_more`` there are others."""

    guests: list[FoundGuest]
    is_more: bool


def found_guests(business: Business, typed: str) -> Found:
    """Return who fits what was typed. Costs two queries beside those of the search."""
    query = Query.of(typed)
    guests = list(search_guests(business, typed, most=MOST + 1))
    is_more, guests = len(guests) > MOST, guests[:MOST]
    points = _points_of(guests)
    near = [guest for guest in guests if _is_near(guest)]
    found = [
        FoundGuest(
            guest, _marks(guest, points.get(guest.pk, ()), query), guest in near[:1]
        )
        for guest in guests
    ]
    return Found(found, is_more)


def _is_near(guest: Guest) -> bool:
    return bool(getattr(guest, "fit", None) == Fit.NEAR)


def _points_of(guests: Iterable[Guest]) -> dict[int, list[ContactPoint]]:
    points: dict[int, list[ContactPoint]] = {}
    # Phones first, which are quicker to use.
    order = ("-kind", "-is_primary", "created_at", "pk")
    for point in ContactPoint.objects.filter(guest__in=guests).order_by(*order):
        points.setdefault(point.guest_id, []).append(point)
    return points


def _marks(
    guest: Guest, points: Sequence[ContactPoint], query: Query
) -> tuple[str, ...]:
    """Return the firm and the address or number that was typed, or the usual one."""
    named = _fold(f"{guest.display_name} {guest.given_name} {guest.family_name}")
    asked = [word for word in query.words if word not in named]
    firm = guest.company.name if guest.company else ""
    marks = [] if firm == guest.display_name else [firm]
    if mark := _mark_typed(guest, points, asked):
        marks.append(mark)
    elif points:
        marks.append(_say(points[0]))
    else:
        marks.append(guest.city)
    return tuple(mark for mark in marks if mark)


def _mark_typed(
    guest: Guest, points: Sequence[ContactPoint], asked: Sequence[str]
) -> str:
    """Return what holds most of the words asked for; nothing that holds none."""
    numbers = [number for number in (guest.member_number, guest.external_id) if number]
    held = [
        (_held(number, asked), _("Member %(number)s") % {"number": number})
        for number in numbers
    ]
    held += [(_held(point.normalized, asked), _say(point)) for point in points]
    most, mark = max(held, key=itemgetter(0), default=(0, ""))
    return mark if most else ""


def _held(text: str, asked: Sequence[str]) -> int:
    folded = _fold(text)
    return sum(word in f"{folded} {folded.replace(' ', '')}" for word in asked)


def _say(point: ContactPoint) -> str:
    if point.kind == ContactPoint.Kind.PHONE:
        return format_phone(point.normalized)
    return point.raw


def _fold(text: str) -> str:
    return one_spelling(plain_words(text))
