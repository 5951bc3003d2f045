"""Make both houses and everybody in them, once, all or nothing."""

import re
from datetime import datetime
from random import Random
from typing import NamedTuple

from django.db import connection, transaction
from psycopg import sql

from crm.devtools.demo.bills import write_bills
from crm.devtools.demo.bringing import wait_to_be_brought_in
from crm.devtools.demo.caring import care
from crm.devtools.demo.confided import confide
from crm.devtools.demo.finishing import finish
from crm.devtools.demo.houses import House
from crm.devtools.demo.joining import let_sign_up
from crm.devtools.demo.keeping import keep_in_order
from crm.devtools.demo.loading import TABLES, Batch, Numbers
from crm.devtools.demo.merged import make_one_of_two
from crm.devtools.demo.multiplying import multiply
from crm.devtools.demo.opening import open_mane, open_solvik
from crm.devtools.demo.scene import Scene
from crm.devtools.demo.story import tell
from crm.devtools.demo.today import mane_parts, solvik_parts
from crm.devtools.demo.twice import write_twice
from crm.tenancy.models import Business


class Size(NamedTuple):
    guests: int
    visits: int


SOLVIK_SIZE = Size(3_000, 12_000)
MANE_SIZE = Size(400, 2_500)
# Every guest of a house up to this size has a story of their own. In a larger one so
# many have, and the others are made of them.
MOST_TOLD = 20_000
TOLD = 4_000
_OURS = re.compile(r"mane|solvik(-[0-9]+)?")


class AlreadyThere(Exception):
    """A business of this short name exists."""


def belongs_to_others() -> bool:
    """Return whether there are businesses in the database, and none is of the demo."""
    slugs = list(Business.objects.values_list("slug", flat=True))
    return bool(slugs) and not any(_OURS.fullmatch(slug) for slug in slugs)


@transaction.atomic
def make_demo(*, seed: int, now: datetime) -> list[Business]:
    """Create Solvik and Kafé Måne with their guests. The same seed and moment give the
    same guests. Raise AlreadyThere when one of them exists.
    """
    _refuse_if_there("solvik", "mane")
    solvik, mane = open_solvik(now=now), open_mane(now=now)
    _fill(solvik, SOLVIK_SIZE, seed)
    _fill(mane, MANE_SIZE, seed)
    for house in (solvik, mane):
        write_bills(house, seed=seed)
        care(house, seed=seed)
    confide(solvik)
    write_twice(solvik, seed=seed)
    make_one_of_two(solvik)
    let_sign_up(solvik, seed=seed)
    keep_in_order(solvik, seed=seed)
    wait_to_be_brought_in(solvik, seed=seed)
    return [solvik.business, mane.business]


@transaction.atomic
def make_large(size: Size, *, seed: int, now: datetime) -> Business:
    """Create one more house like Solvik, of this size, for the same people to run."""
    slug = f"solvik-{size.guests}"
    _refuse_if_there(slug)
    house = open_solvik(now=now, slug=slug, name=f"Solvik, {size.guests:,} guests")
    if size.guests <= MOST_TOLD:
        _fill(house, size, seed)
        return house.business
    told = Size(TOLD, size.visits * TOLD // size.guests)
    _fill(house, told, seed)
    multiply(house, guests=size.guests, visits=size.visits, seed=f"{seed}:{slug}")
    return house.business


def _refuse_if_there(*slugs: str) -> None:
    if taken := Business.objects.filter(slug__in=slugs).order_by("pk").first():
        raise AlreadyThere(taken.slug)


def _fill(house: House, size: Size, seed: int) -> None:
    slug = house.business.slug
    parts_of = mane_parts if slug == "mane" else solvik_parts
    _keep_others_out()
    numbers = Numbers()
    # The business's short name is part of the seed: each house has its own people.
    chance = Random(f"{seed}:{slug}")  # noqa: S311 -- believable, not secret
    tell(
        Scene(house, Batch(numbers), chance),
        guests=size.guests,
        visits=size.visits,
        parts=parts_of(house.now, house.zone),
    )
    numbers.keep()
    finish(house)


def _keep_others_out() -> None:
    """Let nobody else take the numbers that are given out here."""
    tables = sql.SQL(", ").join(
        sql.Identifier(model._meta.db_table) for model in TABLES.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables)
        )
