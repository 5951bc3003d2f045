"""What was promised to guests, what they got beyond it, and what became of both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import House
from crm.devtools.demo.wishes import FITTING
from crm.tenancy.models import Staff
from customers.models import Preference, Promise, Visit

Kind, Outcome, State = Promise.Kind, Promise.Outcome, Visit.State

HALF_A_YEAR = timedelta(days=182)
_KEPT, _NOT_KEPT = 0.9, 0.06
# Of those who are here today so much is settled already.
_SAID_WHILE_HERE = 0.6
_GIVEN_SHARE = {Visit.Kind.STAY: 0.2, Visit.Kind.TABLE: 0.05, Visit.Kind.EVENT: 0.1}
_WHY_NOT = (
    "Glemt ved vaktskiftet", "Fullt hus den dagen", "Tomt på lageret",
    "Kom for sent til det", "Ville heller ha det som vanlig",
)  # fmt: skip


class Given(NamedTuple):
    """Words, and what they cost in crowns: an extra when they cost anything."""

    text: str
    crowns: int = 0


_ASIDE = {
    Visit.Kind.STAY: (
        Given("Sen utsjekk til klokka 13"), Given("Barneseng på rommet"),
        Given("Matpakke klar klokka 7"), Given("Henting på ferjekaia"),
        Given("Blomster på rommet", 190), Given("Fruktfat på rommet", 95),
        Given("Håndskrevet kort og sjokolade", 45), Given("Spa en kveld", 350),
    ),
    Visit.Kind.TABLE: (
        Given("Samme bord som sist"), Given("Lys i kaka"),
        Given("Noe søtt fra kjøkkenet", 55), Given("Et glass mens de venter", 80),
    ),
    Visit.Kind.EVENT: (
        Given("Mikrofon til talene"), Given("Bobler ved ankomst", 480),
    ),
}  # fmt: skip
# By room, for those who arrive today. The last number is whose it is, among the staff.
_ARRIVING: dict[str, tuple[Given, int | None]] = {
    "Room 204": (Given("Bursdagskake fra kjøkkenet", 120), 2),
    "Room 112": (Given("Sen utsjekk til klokka 13"), None),
    "Room 208": (Given("Hilsen fra kjøkkenet på dagen"), 1),
}


def give_words(house: House, wishes: Iterable[Preference], chance: Random) -> None:
    """Write what was due on the visits of the last half year and is due today."""
    by_guest = defaultdict(list)
    for wish in wishes:
        by_guest[wish.guest_id].append(wish)
    staff = [one for one in house.business.staff.order_by("pk") if one.sees_guests]
    visits = list(_visits(house))
    rows = [
        row
        for visit in visits
        for row in (
            *_liked(visit, by_guest[visit.guest_id], chance),
            *_aside(visit, staff, house, chance),
        )
    ]
    for row in rows:
        if row.visit and not row.visit.is_booked:
            _settle(row, row.visit, house, chance)
    Promise.objects.bulk_create(rows, batch_size=2000)


def _visits(house: House) -> Iterator[Visit]:
    visits = house.business.visits.order_by("pk")
    yield from visits.filter(
        state__in=(State.IN_HOUSE, State.COMPLETED),
        arrival_date__gte=house.today - HALF_A_YEAR,
    )
    yield from visits.filter(
        state=State.BOOKED, arrival_date=house.today, label__in=_ARRIVING
    )


def _liked(
    visit: Visit, wishes: Sequence[Preference], chance: Random
) -> Iterator[Promise]:
    """Return the wishes that were known when the guest came, as the arrival wrote them."""
    if visit.arrived_at is None:
        return
    for wish in wishes:
        if (
            wish.noted_at < visit.arrived_at
            and wish.kind.position in FITTING[visit.kind]
        ):
            yield Promise(
                business_id=visit.business_id,
                uuid=new_uuid(chance),
                guest_id=visit.guest_id,
                visit=visit,
                kind=Kind.PREFERENCE,
                preference=wish,
                text=wish.words,
                made_by_id=wish.noted_by_id,
                made_at=visit.arrived_at,
            )


def _aside(
    visit: Visit, staff: Sequence[Staff], house: House, chance: Random
) -> Iterator[Promise]:
    given, whose = Given(""), None
    if visit.is_booked:
        given, number = _ARRIVING[visit.label]
        whose = None if number is None else staff[number]
    elif chance.random() < _GIVEN_SHARE.get(Visit.Kind(visit.kind), 0):
        given = chance.choice(_ASIDE[Visit.Kind(visit.kind)])
        whose = chance.choice(staff) if given.crowns else None
    if given.text:
        yield Promise(
            business_id=visit.business_id,
            uuid=new_uuid(chance),
            guest_id=visit.guest_id,
            visit=visit,
            kind=Kind.EXTRA if given.crowns else Kind.PROMISE,
            text=given.text,
            cost=given.crowns * 100,
            responsible=whose,
            made_by_id=chance.choice(house.staff_ids),
            made_at=_between(visit.created_at, visit.arrived_at or house.now, chance),
        )


def _settle(row: Promise, visit: Visit, house: House, chance: Random) -> None:
    if visit.is_in_house and chance.random() > _SAID_WHILE_HERE:
        return
    point = chance.random()
    if point > _KEPT + _NOT_KEPT:
        return
    row.outcome = Outcome.KEPT if point < _KEPT else Outcome.NOT_KEPT
    if row.outcome == Outcome.NOT_KEPT:
        row.reason = chance.choice(_WHY_NOT)
    came_at = visit.arrived_at or visit.created_at
    row.settled_at = _between(came_at, visit.completed_at or house.now, chance)
    row.settled_by_id = chance.choice(house.staff_ids)


def _between(start: datetime, end: datetime, chance: Random) -> datetime:
    return start + (end - start) * chance.random()
