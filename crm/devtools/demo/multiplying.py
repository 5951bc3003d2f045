"""Make a large house of a believable small one, by SQL alone.

Each copy of a guest has a name, addresses and numbers of their own, and came as the guest
did, some weeks earlier or later. Messages, answers, bills and the log are not copied:
they tell of the guests who were made one by one.
"""

from collections.abc import Sequence
from itertools import cycle
from random import Random
from typing import NamedTuple

from django.db import connection
from psycopg import sql

from crm.devtools.demo.bare_tables import without_indexes
from crm.devtools.demo.copied_names import name_copies
from crm.devtools.demo.copied_rows import TABLES, copy_rows, last_number
from crm.devtools.demo.copied_standings import copy_standings
from crm.devtools.demo.houses import House
from customers.models import Guest, Visit
from customers.searching.lines import begin_lines
from customers.summaries import refresh_summaries

# By how many weeks a copy's story may be moved. Nothing is moved into the last days: for
# what is over since then messages are sent, and those are not copied.
_EARLIER, _LATER = -2, 8
_QUIET_DAYS = 5

_TEMPLATES = """
CREATE TEMP TABLE demo_template ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY guest_id) - 1 AS t, guest_id, visits, low, high,
       EXISTS (SELECT FROM customers_contactpoint AS point WHERE kind = 'email'
               AND point.guest_id = bounds.guest_id) AS has_email,
       EXISTS (SELECT FROM customers_contactpoint AS point WHERE kind = 'phone'
               AND point.guest_id = bounds.guest_id) AS has_phone
FROM (
    SELECT guest_id, count(*) AS visits,
           greatest({earlier}, coalesce(
               ({today} + 1 - min(arrival_date) FILTER (WHERE state = 'booked')) / 7,
               {earlier})) AS low,
           least({later}, coalesce(floor(
               ({today} - {quiet} - max(departure_date) FILTER (WHERE state <> 'booked'))
               / 7.0), {later}))::int AS high
    FROM customers_visit WHERE business_id = {business}
    GROUP BY guest_id HAVING bool_and(state <> 'in_house')
) AS bounds
WHERE low <= high
"""
_TEMPLATE_VISITS = """
CREATE TEMP TABLE demo_visit ON COMMIT DROP AS
SELECT template.t, row_number() OVER (
    PARTITION BY template.t ORDER BY visit.arrival_date, visit.id
) AS number, visit.*
FROM demo_template AS template
JOIN customers_visit AS visit ON visit.guest_id = template.guest_id
"""


class Cast(NamedTuple):
    """The number of the guest that each copy is of, and how many visits are missing."""

    templates: list[int]
    missing_visits: int


def multiply(house: House, *, guests: int, visits: int, seed: str) -> None:
    """Copy guests of ``house`` until it has so many, with so many visits in all.

    Call it in a transaction. The indexes of the tables are down until it ends.
    """
    business = house.business
    with connection.cursor() as cursor:
        # Otherwise the database would still wait to look something up in the tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL work_mem = '256MB'")
    copies = guests - business.guests.count()
    wanted = visits - business.visits.count()
    missing = _cast(_make_templates(house), copies, wanted)
    with without_indexes(TABLES):
        name_copies(
            business,
            first_guest=last_number(Guest) + 1,
            first_visit=last_number(Visit) + 1,
            rng=Random(seed),  # noqa: S311 -- believable, not secret
        )
        copy_rows(house, missing_visits=missing)
        _look_again("customers_guest", "customers_visit")
        copy_standings(house)
        refresh_summaries(business)
        _look_again("customers_guestsummary")
        begin_lines(business)


def _look_again(*tables: str) -> None:
    """Let the database see how large the tables have become."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _make_templates(house: House) -> list[int]:
    """Choose whom to copy, and return how often each of them came."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(_TEMPLATES).format(
                business=house.business.pk,
                today=house.today,
                earlier=_EARLIER,
                later=_LATER,
                quiet=_QUIET_DAYS,
            )
        )
        cursor.execute(_TEMPLATE_VISITS)
        cursor.execute("SELECT visits FROM demo_template ORDER BY t")
        return [visits for (visits,) in cursor.fetchall()]


def _cast(counts: Sequence[int], copies: int, wanted: int) -> int:
    """Make ``demo_cast``: of whom each copy is. Return how many visits are missing."""
    templates, missing = cast(counts, copies, wanted)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE demo_cast (i int, t int) ON COMMIT DROP")
        with cursor.copy("COPY demo_cast FROM STDIN") as copy:
            for row in enumerate(templates):
                copy.write_row(row)
        cursor.execute("ANALYZE demo_cast")
    return missing


def cast(counts: Sequence[int], copies: int, wanted: int) -> Cast:
    """Return of whom to make copies, in turns, so that they came ``wanted`` times or less.

    Where that would be more, the first ones become guests who came once.
    """
    templates = [number % len(counts) for number in range(copies)]
    surplus = sum(counts[number] for number in templates) - wanted
    fewest = min(counts)
    rare = cycle([number for number, visits in enumerate(counts) if visits == fewest])
    for index, number in enumerate(templates):
        if surplus <= 0:
            break
        templates[index] = next(rare)
        surplus -= counts[number] - fewest
    return Cast(templates, max(-surplus, 0))
