"""What a new visit will most likely be, so that little is left to type."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from crm.tenancy.models import Business, Venue
from customers.models import Guest, Visit

KIND_AT = {
    Venue.Kind.RESTAURANT: Visit.Kind.TABLE,
    Venue.Kind.CAFE: Visit.Kind.TABLE,
    Venue.Kind.TOUR: Visit.Kind.TOUR,
}


def likely_visit(
    business: Business, guest: Guest | None, venues: Sequence[Venue], *, today: date
) -> dict[str, Any]:
    """Return what a form for a new visit begins with.

    The same as the guest's last time; for who is new, what most come for today, else
    what the venue is for. Two queries at most.
    """
    likely: dict[str, Any] = {"arrival_date": today, "party_size": 1}
    likely |= _last_time(guest, venues) or _for_most(business, venues, today)
    if len(venues) == 1:
        likely["venue"] = venues[0].pk
    if likely.get("kind") == Visit.Kind.STAY:
        likely.setdefault("departure_date", 1)
    return likely


def like(visit: Visit) -> dict[str, Any]:
    """Return what a form for the same once more begins with; the day is to be said."""
    likely: dict[str, Any] = {
        "kind": visit.kind,
        "venue": visit.venue_id,
        "party_size": visit.party_size,
        "arrival_date": None,
    }
    if visit.is_stay:
        likely["departure_date"] = visit.nights
    return likely


def _last_time(guest: Guest | None, venues: Sequence[Venue]) -> dict[str, Any]:
    if guest is None:
        return {}
    visits = guest.visits.filter(venue__in=venues).order_by("-arrival_date", "-pk")
    last = visits.first()
    if last is None:
        return {}
    likely = {"kind": last.kind, "venue": last.venue_id, "party_size": last.party_size}
    if last.is_stay and last.nights:
        likely["departure_date"] = last.nights
    return likely


def _for_most(
    business: Business, venues: Sequence[Venue], today: date
) -> dict[str, Any]:
    kinds = {KIND_AT.get(Venue.Kind(venue.kind), Visit.Kind.STAY) for venue in venues}
    if len(kinds) == 1 and len(venues) == 1:
        return {"kind": kinds.pop()}
    most = (
        business.visits.filter(arrival_date=today, venue__in=venues)
        .values_list("kind", "venue")
        .annotate(visits=Count("pk"))
        .order_by("-visits", "kind", "venue")
        .first()
    )
    if most:
        return {"kind": most[0], "venue": most[1]}
    return {"kind": kinds.pop()} if len(kinds) == 1 else {}
