"""What the latest visits had, line by line, and what was said when guests left."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import NamedTuple

from crm.core.text import search_key
from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import House
from customers.models import NextVisit, Visit, VisitLine
from customers.visiting.going_together import recount_pairs
from customers.visiting.next_visits import same_week_next_year

Answer = NextVisit.Answer

# Enough for every figure; a house that writes bills for a million visits is an import.
MOST_VISITS = 5_000
_ORDERED_AHEAD = 0.3
_ASKED_WEEKS = 12


class Thing(NamedTuple):
    """``often`` is the chance; ``with_`` is what makes it likelier, and how likely."""

    name: str
    category: str
    weight: int
    often: float
    with_: tuple[str, float] = ("", 0.0)
    is_alcohol: bool = False


_AT_TABLE = (
    Thing("Tasting menu", "food", 6, 0.28),
    Thing("Three courses", "food", 4, 0.45),
    Thing("Wine pairing", "drink", 4, 0.10, ("Tasting menu", 0.55), is_alcohol=True),
    Thing("Juice pairing", "drink", 3, 0.05, ("Tasting menu", 0.3)),
    Thing("Cloudberry cream", "food", 1, 0.16, ("Three courses", 0.4)),
    Thing("Local beer", "drink", 1, 0.3, is_alcohol=True),
    Thing("Coffee and kransekake", "food", 1, 0.2),
)
THINGS: dict[str, tuple[Thing, ...]] = {
    "stay": (
        Thing("Room", "room", 12, 1.0),
        Thing("Breakfast in bed", "food", 1, 0.12),
        Thing("Spa evening", "spa", 3, 0.22),
        Thing("Massage", "spa", 4, 0.04, ("Spa evening", 0.42)),
        Thing("Tasting menu", "food", 5, 0.18),
        Thing("Wine pairing", "drink", 3, 0.03, ("Tasting menu", 0.5), is_alcohol=True),
        Thing("Juice pairing", "drink", 2, 0.03, ("Tasting menu", 0.28)),
        Thing("Packed lunch", "food", 1, 0.07),
    ),
    "table": _AT_TABLE,
    "event": _AT_TABLE,
    "tour": (
        Thing("Guided tour", "activity", 6, 1.0),
        Thing("Packed lunch", "food", 1, 0.35),
        Thing("Dry suit", "activity", 1, 0.2),
    ),
    "coffee": (
        Thing("Coffee", "drink", 2, 0.85),
        Thing("Cinnamon bun", "food", 2, 0.22, ("Coffee", 0.4)),
        Thing("Tea", "drink", 2, 0.2),
        Thing("Scone", "food", 2, 0.1, ("Tea", 0.45)),
        Thing("Open sandwich", "food", 4, 0.3),
    ),
}


def write_bills(house: House, *, seed: int) -> None:
    """Write lines for the latest visits, what goes together, and answers at departure."""
    slug = house.business.slug
    chance = Random(f"bills:{seed}:{slug}")  # noqa: S311 -- believable, not secret
    VisitLine.objects.bulk_create(_lines(house, chance), batch_size=2000)
    recount_pairs(house.business, today=house.today, now=house.now)
    NextVisit.objects.bulk_create(_answers(house, chance))


def _lines(house: House, chance: Random) -> Iterator[VisitLine]:
    visits = house.business.visits.filter(
        state__in=(Visit.State.COMPLETED, Visit.State.IN_HOUSE, Visit.State.BOOKED),
        arrival_date__lte=house.today + timedelta(days=7),
    ).order_by("-arrival_date", "-pk")
    is_cafe = house.business.slug == "mane"
    for visit in visits[:MOST_VISITS]:
        if visit.is_booked and chance.random() > _ORDERED_AHEAD:
            continue
        things = THINGS["coffee" if is_cafe else visit.kind]
        yield from _bill(visit, _drawn(things, chance), chance)


def _drawn(things: tuple[Thing, ...], chance: Random) -> list[Thing]:
    had: list[Thing] = []
    for thing in things:
        other, often = thing.with_
        is_with = any(one.name == other for one in had)
        if chance.random() < (often if is_with else thing.often):
            had.append(thing)
    return had


def _bill(visit: Visit, things: list[Thing], chance: Random) -> Iterator[VisitLine]:
    """Share the spend out over the things, to the last crown."""
    weight = sum(thing.weight for thing in things)
    left = visit.spend
    for position, thing in enumerate(things):
        is_last = position == len(things) - 1
        crowns = visit.spend * thing.weight // weight // 100
        amount = left if is_last else crowns * 100
        left -= amount
        yield VisitLine(
            business_id=visit.business_id,
            visit=visit,
            uuid=new_uuid(chance),
            category=thing.category,
            name=thing.name,
            key=search_key(thing.name),
            quantity=1 if thing.category == "room" else visit.party_size,
            amount=amount,
            is_alcohol=thing.is_alcohol,
            position=position,
        )


def _answers(house: House, chance: Random) -> Iterator[NextVisit]:
    visits = house.business.visits.filter(
        state=Visit.State.COMPLETED,
        departure_date__gte=house.today - timedelta(weeks=_ASKED_WEEKS),
        departure_date__lt=house.today,
    ).order_by("pk")
    for visit in visits.exclude(kind=Visit.Kind.TOUR):
        if chance.random() > (0.7 if visit.is_stay else 0.25):
            continue
        answer = chance.choice(
            [Answer.REBOOKED, *[Answer.REMINDER] * 2, *[Answer.NO] * 3]
        )
        is_reminder = answer == Answer.REMINDER
        yield NextVisit(
            business_id=visit.business_id,
            visit=visit,
            answer=answer,
            remind_on=same_week_next_year(visit.arrival_date) if is_reminder else None,
            asked_at=visit.completed_at or house.now,
            asked_by_id=chance.choice(house.staff_ids),
        )
