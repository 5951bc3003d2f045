"""What the regulars like, as the house noted it while they were here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from random import Random

from django.db.models import Q

from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import House
from customers.models import Preference, PreferenceKind, Visit

Said = Preference.Said

REGULAR_FROM = 3
TWO_YEARS = timedelta(days=730)
_SHARE = 0.4
_HOW_MANY = (1, 1, 1, 2, 2, 3)
_SAID = (*[Said.GUEST] * 6, *[Said.NOTICED] * 2, Said.COMPANION, Said.BOOKER)

# The places of the ready kinds in the house's list.
ROOM, PILLOW, BED, TABLE, COFFEE, DRINKS, PAPER, PARKING, PETS, TOUR = range(10)
_WISHES: Mapping[int, Sequence[str]] = {
    ROOM: ("Stille, bort fra heisen", "Høyt oppe", "Mot fjorden", "I første etasje"),
    PILLOW: ("Uten fjær", "Fast", "Myk", "En ekstra"),
    BED: ("To enkeltsenger", "Dobbeltseng", "Ekstra lang", "Ullteppe i tillegg"),
    TABLE: ("Ved vinduet", "Ved peisen", "I en stille krok", "Ute når det er sol"),
    COFFEE: ("Svart kaffe", "Kaffe med melk", "Te", "Kaffe før frokost"),
    DRINKS: ("Uten alkohol", "Vann med kullsyre", "Eplemost", "Uten is"),
    PAPER: ("Fjordingen", "Dagens Næringsliv", "Ingen avis"),
    PARKING: ("Nær døra", "Lading til elbil", "Under tak"),
    PETS: ("Har med hund", "Helst langt fra dyr"),
    TOUR: ("Rolig tempo", "Plass framme", "Guide som snakker engelsk"),
}
# What can be done for somebody who stays, dines, or goes on a tour.
FITTING: Mapping[str, tuple[int, ...]] = {
    Visit.Kind.STAY: (
        ROOM, PILLOW, BED, TABLE, COFFEE, DRINKS, PAPER, PARKING, PETS,
    ),
    Visit.Kind.TABLE: (TABLE, COFFEE, DRINKS, PETS),
    Visit.Kind.EVENT: (TABLE, DRINKS),
    Visit.Kind.TOUR: (TOUR,),
}  # fmt: skip

# By room: those of today's arrivals whom the desk knows well.
_ARRIVING: Mapping[str, Sequence[tuple[int, str]]] = {
    "Room 204": ((PILLOW, "Uten fjær"), (PAPER, "Fjordingen")),
    "Room 112": ((COFFEE, "Svart kaffe"),),
    "Room 208": ((ROOM, "Stille, bort fra heisen"), (TABLE, "Ved vinduet")),
    "Room 305": ((BED, "To enkeltsenger"), (PARKING, "Lading til elbil")),
}


def note_wishes(house: House, chance: Random) -> list[Preference]:
    """Write what regulars and today's arrivals like, and return it."""
    kinds = list(house.business.preference_kinds.order_by("position", "pk"))
    return Preference.objects.bulk_create(_wishes(house, kinds, chance))


def arriving_today(house: House) -> dict[int, str]:
    """Return the rooms of those who are to arrive today, by guest id."""
    stays = house.business.visits.filter(
        kind=Visit.Kind.STAY, state=Visit.State.BOOKED, arrival_date=house.today
    )
    return dict(stays.order_by("pk").values_list("guest", "label"))


def _wishes(
    house: House, kinds: Sequence[PreferenceKind], chance: Random
) -> Iterator[Preference]:
    arriving = arriving_today(house)
    for guest_id, visits in _pasts(house, arriving):
        if guest_id in arriving:
            liked = _ARRIVING.get(arriving[guest_id], ())
        elif chance.random() < _SHARE:
            liked = _draw(visits, chance)
        else:
            continue
        for about, wish in liked:
            yield _wish(visits, kinds[about], wish, house, chance)


def _pasts(house: House, arriving: Iterable[int]) -> Iterator[tuple[int, list[Visit]]]:
    """Return regulars and ``arriving``, each with the visits that are over."""
    regular = Q(
        guest__summary__visits__gte=REGULAR_FROM,
        guest__summary__last_visit_on__gte=house.today - TWO_YEARS,
    )
    visits = house.business.visits.completed().filter(
        regular | Q(guest__in=list(arriving)), departure_date__lt=house.today
    )
    rows = visits.order_by("guest_id", "arrival_date", "pk")
    for guest_id, of_guest in groupby(rows, key=lambda visit: visit.guest_id):
        yield guest_id, list(of_guest)


def _draw(visits: Sequence[Visit], chance: Random) -> list[tuple[int, str]]:
    came_for = Counter(visit.kind for visit in visits)
    about = FITTING[came_for.most_common(1)[0][0]]
    if Visit.Kind.TOUR in came_for:
        about = tuple(dict.fromkeys((*about, TOUR)))
    count = min(chance.choice(_HOW_MANY), len(about))
    return [(one, chance.choice(_WISHES[one])) for one in chance.sample(about, count)]


def _wish(
    visits: Sequence[Visit],
    kind: PreferenceKind,
    wish: str,
    house: House,
    chance: Random,
) -> Preference:
    """Return a wish noted early on, and made sure of on one of the visits since."""
    first = int(len(visits) * chance.random() ** 2)
    noted_on, since = visits[first], house.today - TWO_YEARS
    later = [one for one in visits[first:] if one.arrival_date >= since]
    came_at = noted_on.arrived_at or noted_on.created_at
    noted_at = came_at + timedelta(minutes=chance.randint(3, 25))
    return Preference(
        business_id=noted_on.business_id,
        uuid=new_uuid(chance),
        guest_id=noted_on.guest_id,
        kind=kind,
        wish=wish,
        said_by=chance.choice(_SAID),
        confirmed_on=chance.choice(later or [visits[-1]]).arrival_date,
        noted_by_id=chance.choice(house.staff_ids),
        noted_at=noted_at,
    )
