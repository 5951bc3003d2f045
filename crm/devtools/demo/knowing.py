"""What the house itself adds to profiles: tags, fields of its own, who lives together."""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from django.db.models import F

from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import House
from customers.models import CustomField, Guest, GuestTag, Household, Tag
from customers.profile.tags import key_of

Kind, Tone = CustomField.Kind, Tag.Tone

_TAGGED, _FILLED = 0.1, 0.12
_TAGS = {
    "solvik": (
        ("Turfolk", Tone.LEAF), ("Vinvenn", Tone.FJORD), ("Har hund", Tone.BRASS),
        ("Småbarn", Tone.FJORD), ("Fisker", Tone.FJORD), ("Musikkfolk", Tone.BRASS),
    ),
    "mane": (
        ("Strikkekafé", Tone.LEAF), ("Egen kopp", Tone.BRASS), ("Sjakk", Tone.FJORD),
        ("Har hund", Tone.BRASS), ("Barnevogn", Tone.LEAF), ("Arbeider her", Tone.FJORD),
    ),
}  # fmt: skip


class Field(NamedTuple):
    """A field of the house, and how what a guest has in it is drawn."""

    label: str
    kind: str
    draw: Callable[[Random], str]
    choices: tuple[str, ...] = ()


_WAYS = ("Bil", "Elbil", "Buss", "Sykkel", "Båt")
_BEANS = ("Mørk", "Lys", "Koffeinfri")
_FIELDS = {
    "solvik": (
        Field("Skostørrelse", Kind.NUMBER, lambda rng: str(rng.randint(36, 46))),
        Field("Kommer med", Kind.CHOICE, lambda rng: rng.choice(_WAYS), _WAYS),
    ),
    "mane": (
        Field("Kopp på hylla", Kind.NUMBER, lambda rng: str(rng.randint(1, 60))),
        Field("Brenning", Kind.CHOICE, lambda rng: rng.choice(_BEANS), _BEANS),
    ),
}


def know_guests(house: House, chance: Random) -> None:
    """Give tags, fill in fields, and let families live together."""
    guests = list(house.business.guests.order_by("pk"))
    GuestTag.objects.bulk_create(_given(house, guests, chance))
    changed = {guest.pk: guest for guest in _fill_in(house, guests, chance)}
    changed |= {guest.pk: guest for guest in _move_in(house, guests, chance)}
    Guest.objects.bulk_update(
        changed.values(), ["custom", "household"], batch_size=1000
    )


def _given(house: House, guests: list[Guest], chance: Random) -> Iterator[GuestTag]:
    tags = [
        Tag(
            business=house.business,
            uuid=new_uuid(chance),
            name=name,
            key=key_of(name),
            tone=tone,
            created_at=house.business.created_at,
        )
        for name, tone in _TAGS[house.business.slug]
    ]
    Tag.objects.bulk_create(tags)
    for guest in guests:
        if chance.random() > _TAGGED:
            continue
        for tag in chance.sample(tags, chance.choice((1, 1, 1, 2))):
            since = house.now - guest.created_at
            yield GuestTag(
                business=house.business,
                guest=guest,
                tag=tag,
                given_by_id=chance.choice(house.staff_ids),
                given_at=guest.created_at + since * chance.random(),
            )


def _fill_in(house: House, guests: list[Guest], chance: Random) -> Iterator[Guest]:
    for position, field in enumerate(_FIELDS[house.business.slug]):
        row = CustomField.objects.create(
            business=house.business,
            uuid=new_uuid(chance),
            label=field.label,
            kind=field.kind,
            choices=list(field.choices),
            position=position,
            created_at=house.business.created_at,
        )
        for guest in guests:
            if chance.random() < _FILLED:
                guest.custom[str(row.uuid)] = field.draw(chance)
                yield guest


def _move_in(house: House, guests: list[Guest], chance: Random) -> Iterator[Guest]:
    """Let each family that books together live together."""
    by_id = {guest.pk: guest for guest in guests}
    families: dict[int, set[int]] = {}
    for head, member in _booked_together(house):
        families.setdefault(head, {head}).add(member)
    homes = {
        head: Household(
            business=house.business,
            uuid=new_uuid(chance),
            created_at=max(by_id[member].created_at for member in members),
        )
        for head, members in sorted(families.items())
    }
    Household.objects.bulk_create(homes.values())
    for head, members in sorted(families.items()):
        for member in sorted(members):
            by_id[member].household = homes[head]
            yield by_id[member]


def _booked_together(house: House) -> list[tuple[int, int]]:
    """Return who booked for whom, but for those whose firm did."""
    pairs = house.business.visits.filter(
        booker__isnull=False, booker__company=None, guest__company=None
    ).exclude(booker=F("guest"))
    found = pairs.order_by("booker", "guest").values_list("booker", "guest").distinct()
    return [(head, member) for head, member in found if head]
