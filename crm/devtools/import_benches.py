"""A whole import beside a plain COPY of the rows that it left.

Both go into the same tables with the same indexes, in the same run: the import from a
CSV as an old booking system writes it, one line a booking; the COPY of ready rows.
"""

import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from crm.devtools.measuring import Figure, Times, bench, side_by_side
from crm.devtools.page_benches import PAGES, get, signed_in
from crm.tenancy.models import Business, Venue
from crm.tenancy.signals import business_created
from customers.imports.at_once import run_to_end
from customers.imports.committing import start_commit
from customers.imports.receiving import receive_upload
from customers.imports.staging import start_reading
from customers.models import (
    ContactPoint,
    Guest,
    GuestSummary,
    Import,
    SearchLine,
    Visit,
)
from loyalty.models import Membership

GOAL = 3.0
MEANWHILE_GOAL = 2.0
LEAST, MOST = 10_000, 100_000
# Enough to last while the pages are looked at.
MEANWHILE = 30_000
VISITS_EACH = 10
_TABLES = (Guest, ContactPoint, Visit, GuestSummary, SearchLine, Membership)
# Far from every id there is.
_SHIFT = 10_000_000_000


class ImportFailed(Exception):
    """The import did not come to its end, so its time would mean nothing."""


@bench("import")
def measure_import(slug: str) -> Iterator[Figure]:
    """Bring in as many guests as the house has, with ten visits each."""
    there = Business.objects.get(slug=slug).guests.count()
    guests = max(LEAST, min(MOST, there))
    business, empty = _new_house("bench-import"), _new_house("bench-copy")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "old.csv"
            _write_csv(path, guests)
            read, commit = _import(business, path)
            copied = _copy(business, empty, Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        name = f"{guests} guests, {VISITS_EACH * guests} visits"
        yield _figure(f"  reading {name}", read, copied, goal=None)
        yield _figure(f"  {name}", read + commit, copied, goal=GOAL)
        print(f"  at most {peak:.0f} MB of memory")
    finally:
        _remove(business, empty)


@bench("meanwhile")
def measure_pages_meanwhile(slug: str) -> Iterator[Figure]:
    """Open the pages of one house while another brings its old register in."""
    business = _new_house("bench-import")
    try:
        with tempfile.TemporaryDirectory() as folder, signed_in() as client:
            path = Path(folder) / "old.csv"
            _write_csv(path, MEANWHILE)
            pages = [partial(get, client, f"/{slug}/{page}") for page in PAGES.values()]
            alone = side_by_side(*pages)
            with subprocess.Popen(
                _bring_in(business, path), cwd=settings.BASE_DIR, stdout=subprocess.PIPE
            ) as importing:
                meanwhile = side_by_side(*pages)
                is_still_running = importing.poll() is None
                importing.terminate()
        if not is_still_running:
            raise ImportFailed("It was over before the pages had been looked at.")
        for name, times, limit in zip(PAGES, meanwhile, alone, strict=True):
            yield Figure(name, times, "alone", limit, goal=MEANWHILE_GOAL)
    finally:
        _remove(business)


def _bring_in(business: Business, path: Path) -> list[str]:
    venue = business.venues.get().name
    return [
        sys.executable, "manage.py", "import_file", business.slug, str(path),
        "--venue", venue,
    ]  # fmt: skip


def _figure(name: str, seconds: float, limit: float, *, goal: float | None) -> Figure:
    return Figure(
        name,
        Times(1000 * seconds, 1000 * seconds),
        "a plain COPY of the rows",
        Times(1000 * limit, 1000 * limit),
        goal=goal,
    )


def _new_house(slug: str) -> Business:
    _remove(*Business.objects.filter(slug=slug))
    business = Business.objects.create(name=slug, slug=slug)
    Venue.objects.create(business=business, name="Hotellet", kind=Venue.Kind.HOTEL)
    business_created.send(sender=Business, business=business, now=timezone.now())
    return business


def _write_csv(path: Path, guests: int) -> None:
    rng = Random(1)  # noqa: S311 -- believable, not secret
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            (
                "Guest number",
                "Guest name",
                "Email",
                "Phone",
                "Town",
                "Booking number",
                "Arrival",
                "Departure",
                "Adults",
                "Room",
                "Total price",
                "Status",
            )
        )
        for number in range(guests):
            writer.writerows(_bookings(number, rng))


def _bookings(number: int, rng: Random) -> Iterator[tuple[Any, ...]]:
    name = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
    guest = (
        f"G{number}", name, f"guest{number}@post.no", f"+47 4{number:07d}",
        rng.choice(("Stryn", "Bergen", "Oslo", "Loen")),
    )  # fmt: skip
    for visit in range(VISITS_EACH):
        arrival = date(2016, 1, 1) + timedelta(days=rng.randrange(3500))
        nights = rng.randrange(1, 5)
        yield (
            *guest, f"B{number}-{visit}", arrival.strftime("%d.%m.%Y"),
            (arrival + timedelta(days=nights)).strftime("%d.%m.%Y"),
            rng.randrange(1, 5), rng.randrange(100, 400),
            f"{rng.randrange(900, 9000)},50", "Checked out",
        )  # fmt: skip


_GIVEN = ("Nora", "Otto", "Kari", "Per", "Ingrid", "Lars", "Anna", "Åse", "Ola", "Eva")
_FAMILY = tuple(
    f"{first}{last}"
    for first in ("Øst", "Vest", "Sol", "Nord", "Berg", "Lund", "Hav", "Fjell")
    for last in ("by", "vik", "heim", "li", "dal", "nes", "haug", "stad")
)


def _import(business: Business, path: Path) -> tuple[float, float]:
    _tidy()
    with path.open("rb") as file:
        batch = receive_upload(
            business=business,
            file=file,
            name=path.name,
            kind=Import.Kind.BOTH,
            venue=business.venues.get(),
            actor=None,
            now=timezone.now(),
        )
    read = _timed(lambda: start_reading(batch, actor=None, now=timezone.now()), "ready")
    commit = _timed(lambda: start_commit(batch, actor=None, now=timezone.now()), "done")
    return read, commit


def _timed(start: Callable[[], Import], wanted: str) -> float:
    began = time.perf_counter()
    batch = run_to_end(start())
    if batch.state != wanted or batch.counts["rejected_rows"]:
        raise ImportFailed(f"{batch.state} {batch.problem} {batch.counts}")
    return time.perf_counter() - began


def _copy(source: Business, target: Business, folder: Path) -> float:
    """Copy what the import left to another house; return how long the writing took."""
    files = [(model, folder / model.__name__) for model in _TABLES]
    for model, path in files:
        _save(model, source, target, path)
    _tidy()
    began = time.perf_counter()
    for model, path in files:
        with path.open("rb") as file:
            _load(model, file)
    return time.perf_counter() - began


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column or "" for field in model._meta.local_concrete_fields]


def _save(
    model: type[models.Model], source: Business, target: Business, path: Path
) -> None:
    becomes = {
        "business_id": sql.Literal(target.pk),
        "id": sql.SQL("id + {}").format(sql.Literal(_SHIFT)),
        "guest_id": sql.SQL("guest_id + {}").format(sql.Literal(_SHIFT)),
        "uuid": sql.SQL("gen_random_uuid()"),
    }
    columns = [becomes.get(name, sql.Identifier(name)) for name in _columns(model)]
    question = sql.SQL(
        "COPY (SELECT {} FROM {} WHERE business_id = {}) TO STDOUT"
    ).format(
        sql.SQL(", ").join(columns),
        sql.Identifier(model._meta.db_table),
        sql.Literal(source.pk),
    )
    with (
        path.open("wb") as file,
        connection.cursor() as cursor,
        cursor.copy(question) as copy,
    ):
        for block in copy:
            file.write(block)


def _load(model: type[models.Model], file: IO[bytes]) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, _columns(model))),
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        while block := file.read(1 << 20):
            copy.write(block)


def _tidy() -> None:
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _remove(*businesses: Business) -> None:
    """Delete the houses of the measurement, as quickly as tables allow."""
    for business in businesses:
        business.jobs.all().delete()
        for file in business.files.all():
            file.content.delete(save=False)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('session_replication_role', 'replica', false)"
            )
            for model in apps.get_models():
                table = model._meta.db_table
                if "business_id" in _columns(model):
                    cursor.execute(
                        f'DELETE FROM "{table}" WHERE business_id = %s',  # noqa: S608 -- our own table names
                        [business.pk],
                    )
            cursor.execute("DELETE FROM tenancy_business WHERE id = %s", [business.pk])
            cursor.execute(
                "SELECT set_config('session_replication_role', 'origin', false)"
            )
