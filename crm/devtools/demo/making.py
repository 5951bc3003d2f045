"""Make both houses and everybody in them, once, all or nothing."""

from datetime import datetime
from random import Random
from typing import NamedTuple

from django.db import connection, transaction
from psycopg import sql

from crm.devtools.demo.houses import House, create_mane, create_solvik
from crm.devtools.demo.loading import TABLES, Batch, Numbers
from crm.devtools.demo.story import tell
from crm.devtools.demo.today import mane_cast, solvik_cast
from crm.tenancy.models import Business
from customers.summaries import refresh_summaries
from loyalty.memberships import rebuild_memberships


class Size(NamedTuple):
    guests: int
    visits: int


SOLVIK_SIZE = Size(3_000, 12_000)
MANE_SIZE = Size(400, 2_500)


class AlreadyThere(Exception):
    """A business of this short name exists."""


@transaction.atomic
def make_demo(*, seed: int, now: datetime) -> list[Business]:
    """Create Solvik and Kafé Måne with their guests. The same seed and moment give the
    same guests. Raise AlreadyThere when one of them exists.
    """
    _refuse_if_there("solvik", "mane")
    solvik, mane = create_solvik(now=now), create_mane(now=now)
    _fill(solvik, SOLVIK_SIZE, seed)
    _fill(mane, MANE_SIZE, seed)
    return [solvik.business, mane.business]


@transaction.atomic
def make_large(size: Size, *, seed: int, now: datetime) -> Business:
    """Create one more house like Solvik, of this size, for the same people to run."""
    slug = f"solvik-{size.guests}"
    _refuse_if_there(slug)
    house = create_solvik(now=now, slug=slug, name=f"Solvik, {size.guests:,} guests")
    _fill(house, size, seed)
    return house.business


def _refuse_if_there(*slugs: str) -> None:
    if taken := Business.objects.filter(slug__in=slugs).order_by("pk").first():
        raise AlreadyThere(taken.slug)


def _fill(house: House, size: Size, seed: int) -> None:
    slug = house.business.slug
    make_cast = mane_cast if slug == "mane" else solvik_cast
    _keep_others_out()
    numbers = Numbers()
    tell(
        house,
        Batch(numbers),
        Random(f"{seed}:{slug}"),
        guests=size.guests,
        visits=size.visits,
        cast=make_cast(house.now, house.zone),
    )
    numbers.keep()
    refresh_summaries(house.business)
    rebuild_memberships(house.business, today=house.today, now=house.now)


def _keep_others_out() -> None:
    """Let nobody else take the numbers that are given out here."""
    tables = sql.SQL(", ").join(
        sql.Identifier(model._meta.db_table) for model in TABLES.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables)
        )
