"""What the house did to keep its register right: asked at the desk, asked by mail, counted."""

from datetime import datetime, timedelta
from random import Random

from crm.core.clock import local_date
from crm.devtools.demo.houses import House
from customers.models import DetailsLink, Fact, FactCheck, Guest, RegisterCount
from customers.quality.checking import note_checks
from customers.quality.counting import count_register
from customers.quality.details_links import OPEN_FOR
from customers.quality.figures import RegisterFigures

Outcome = FactCheck.Outcome

_ASKED_AT_THE_DESK = 60
# What guests put right who were sent a link: most had nothing to say.
_PUT_RIGHT: tuple[tuple[Fact, ...], ...] = (
    (), (Fact.ADDRESS,), (), (Fact.PHONE, Fact.ADDRESS), (), (Fact.BIRTHDAY,), (), (),
)  # fmt: skip
# So much less was known a month ago.
_LESS = 0.97


def keep_in_order(house: House, *, seed: int) -> None:
    """Let the house have asked some of its guests, and have counted a month ago."""
    chance = Random(f"{seed}:keeping")  # noqa: S311 -- believable, not secret
    guests = list(
        house.business.guests.known()
        .filter(contact_points__kind="email", summary__visits__gte=2)
        .exclude(street="")
        .order_by("pk")
        .distinct()[:400]
    )
    chance.shuffle(guests)
    by_mail, at_desk = guests[: len(_PUT_RIGHT)], guests[len(_PUT_RIGHT) :]
    for guest, corrected in zip(by_mail, _PUT_RIGHT, strict=False):
        at = house.now - timedelta(days=chance.randrange(2, 40), hours=3)
        _looked_through(guest, corrected, at=at)
    for guest in at_desk[:_ASKED_AT_THE_DESK]:
        _asked(guest, chance, now=house.now)
    _count(house)


def _looked_through(guest: Guest, corrected: tuple[Fact, ...], *, at: datetime) -> None:
    asked_at = max(at - timedelta(hours=20), guest.created_at)
    DetailsLink.objects.create(
        business=guest.business,
        guest=guest,
        occasion=f"asked on {asked_at.date().isoformat()}",
        created_at=asked_at,
        expires_at=asked_at + OPEN_FOR,
        answered_at=at,
        answers=1,
        corrected=[fact.value for fact in corrected],
    )
    said = {True: Outcome.TOLD, False: Outcome.SAME}
    for fact in (Fact.ADDRESS, Fact.PHONE, Fact.BIRTHDAY):
        outcome = said[fact in corrected]
        note_checks(guest, [fact], outcome, actor=None, now=at, is_by_guest=True)


def _asked(guest: Guest, chance: Random, *, now: datetime) -> None:
    at = now - timedelta(days=chance.randrange(1, 200), hours=chance.randrange(8))
    if chance.random() < 0.25 and not guest.birthday_day:
        note_checks(guest, [Fact.BIRTHDAY], Outcome.DECLINED, actor=None, now=at)
    else:
        note_checks(guest, [Fact.ADDRESS], Outcome.SAME, actor=None, now=at)


def _count(house: House) -> None:
    kept = count_register(house.business, now=house.now)
    figures = RegisterFigures.from_json(kept.figures).as_json()
    figures["known"] = {
        name: [int(all_of_them * _LESS), int(recent * _LESS)]
        for name, (all_of_them, recent) in figures["known"].items()
    }
    then = house.now - timedelta(days=30)
    RegisterCount.objects.create(
        business=house.business,
        counted_on=local_date(then, house.business.time_zone),
        counted_at=then,
        figures=figures,
    )
