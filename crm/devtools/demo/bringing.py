"""The restaurant's old table book, chosen this morning and not yet brought in."""

import csv
import io
from datetime import date, timedelta
from random import Random

from crm.accounts.models import User
from crm.devtools.demo.houses import House
from customers.imports.receiving import meanings_of, receive_upload, set_columns
from customers.imports.staging import start_reading
from customers.models import Import

_NAME = "bordbok-2019.csv"
_HEADER = (
    "Booking nr", "Navn", "Mobil", "E-post", "Dato", "Klokkeslett", "Gjester", "Beløp",
    "Status", "Bord", "Nyhetsbrev", "Merknad",
)  # fmt: skip
_FIRST = [
    "Aslaug",
    "Bjarne",
    "Dagny",
    "Eilif",
    "Frøydis",
    "Gunnar",
    "Hjørdis",
    "Ivar",
    "Jorunn",
    "Kåre",
]
_LAST = [
    "Brattland",
    "Dyrøy",
    "Eikeland",
    "Fjellanger",
    "Gjerde",
    "Hovda",
    "Lekve",
    "Nesse",
    "Rosendal",
]
_REMARKS = ("", "", "", "Vindusbord", "Allergi: spør kjøkkenet", "Jubileum")
_ROWS = 180
_BEGINS = date(2019, 3, 1)


def wait_to_be_brought_in(house: House, *, seed: int) -> None:
    """Take the file in; the first worker that wakes up reads it."""
    manager = User.objects.get(email="manager@solvik.example")
    venue = house.business.venues.get(name="Restaurant Solvik")
    chance = Random(f"{seed}:bringing")  # noqa: S311 -- believable, not secret
    batch = receive_upload(
        business=house.business,
        file=io.BytesIO(_table(chance)),
        name=_NAME,
        kind=Import.Kind.BOTH,
        venue=venue,
        actor=manager,
        now=house.now - timedelta(hours=2),
    )
    set_columns(batch, meanings_of(batch), now=house.now)
    start_reading(batch, actor=manager, now=house.now)


def _table(chance: Random) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEADER)
    writer.writerows(_row(number, chance) for number in range(_ROWS))
    # As Excel in Norwegian saved it.
    return text.getvalue().encode("cp1252")


def _row(number: int, chance: Random) -> list[str]:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    name = f"{first} {last}"
    plain = name.casefold().replace("ø", "o").replace("å", "a").replace(" ", ".")
    day = _BEGINS + timedelta(days=number * 2)
    # What people get wrong when they type: a day that is none, half an address.
    written = "31.06.2019" if number % 60 == 17 else f"{day:%d.%m.%Y}"
    email = f"{plain}@" if number % 45 == 9 else f"{plain}@epost.example"
    return [
        f"B{4100 + number}",
        name,
        f"9{sum(map(ord, name)) % 90 + 10} {len(name)} {sum(map(ord, plain)) % 900 + 100}",
        email if number % 4 else "",
        written,
        f"{chance.randrange(17, 22)}:{chance.choice(('00', '30'))}",
        str(chance.randrange(1, 7)),
        f"{chance.randrange(400, 4_000)},50",
        chance.choice(("Gjennomført", "Gjennomført", "Gjennomført", "Avbestilt")),
        str(chance.randrange(1, 25)),
        chance.choice(("ja", "nei", "")),
        chance.choice(_REMARKS),
    ]
