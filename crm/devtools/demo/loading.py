"""Rows into tables by COPY, with numbers taken from the tables' own sequences."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from typing import Any

from django.db import connection, models
from psycopg import sql

from crm.audit.models import Event
from crm.devtools.demo import rows
from customers.models import ConsentEvent, ContactPoint, Guest, Suppression, Visit
from outreach.models import Attempt, Message
from surveys.models import Answer, Invitation, Response

# In an order in which every row finds those it points at.
TABLES: dict[type[Any], type[models.Model]] = {
    rows.GuestRow: Guest,
    rows.ContactRow: ContactPoint,
    rows.VisitRow: Visit,
    rows.ConsentRow: ConsentEvent,
    rows.SuppressionRow: Suppression,
    rows.InvitationRow: Invitation,
    rows.MessageRow: Message,
    rows.AttemptRow: Attempt,
    rows.ResponseRow: Response,
    rows.AnswerRow: Answer,
    rows.EventRow: Event,
}


def columns_of(kind: type[Any]) -> tuple[str, ...]:
    """Return the columns a row gives. Raise TypeError when its table has others."""
    given = tuple(field.name for field in fields(kind))
    table = {str(field.column) for field in TABLES[kind]._meta.concrete_fields}
    if set(given) != table:
        raise TypeError(f"{kind.__name__} differs in {sorted(set(given) ^ table)}.")
    return given


class Batch:
    """Rows of all tables that are written together."""

    def __init__(self, numbers: "Numbers") -> None:
        self._numbers = numbers
        self._rows: dict[type[Any], list[Any]] = {kind: [] for kind in TABLES}

    def next_id(self, kind: type[Any]) -> int:
        return next(self._numbers.of[kind])

    def add(self, row: Any) -> None:
        self._rows[type(row)].append(row)

    def write(self) -> None:
        """Write everything and start empty again."""
        with sparing_look_ups():
            for kind, kept in self._rows.items():
                if kept:
                    _copy(TABLES[kind], columns_of(kind), kept)
                    kept.clear()


@contextmanager
def sparing_look_ups() -> Iterator[None]:
    """Spare the database looking up each reference of each row, where it lets us.

    That is a third of the time. The rows point at each other by construction, and a
    test joins them all. Where it does not let us, the references are looked up batch by
    batch: at the end they would all have to be remembered.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_parameter_privilege('session_replication_role', 'SET')"
        )
        (may_spare,) = cursor.fetchone()
        if may_spare:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        if may_spare:
            cursor.execute("SET LOCAL session_replication_role = origin")
    if not may_spare:
        connection.check_constraints()


def _copy(
    model: type[models.Model], columns: tuple[str, ...], kept: Iterable[Any]
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    values = attrgetter(*columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in kept:
            copy.write_row(values(row))


class Numbers:
    """The next id of every table, counted here and told to the sequences at the end."""

    def __init__(self) -> None:
        self.of: dict[type[Any], Iterator[int]] = {}
        self._last: dict[type[Any], int] = {}
        for kind in TABLES:
            self._last[kind] = _last_number(TABLES[kind])
            self.of[kind] = self._count(kind)

    def _count(self, kind: type[Any]) -> Iterator[int]:
        while True:
            self._last[kind] += 1
            yield self._last[kind]

    def keep(self) -> None:
        """Move the sequences past every number that was used."""
        with connection.cursor() as cursor:
            for kind, last in self._last.items():
                if last:
                    cursor.execute(
                        "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                        [TABLES[kind]._meta.db_table, last],
                    )


def _last_number(model: type[models.Model]) -> int:
    return int(model._base_manager.aggregate(last=models.Max("id"))["last"] or 0)
