"""What is brought in at once: some guests of a file, and all their visits."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from customers.models import Import


@dataclass(slots=True)
class Chunk:
    """Guests of ``batch`` after the staged id ``after`` up to ``last``.

    ``was`` and ``became`` tell of guests who were there before, by guest id: columns,
    and ids of what they got.
    """

    batch: Import
    after: int
    last: int
    now: datetime
    new_ids: list[int] = field(default_factory=list)
    size: int = 0
    number: int = 1
    keys: list[int] = field(default_factory=list)
    was: dict[int, dict[str, Any]] = field(default_factory=dict)
    became: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """Return what every statement about the chunk may name."""
        return {
            "batch": self.batch.pk,
            "business": self.batch.business_id,
            "after": self.after,
            "last": self.last,
            "now": self.now,
            "keys": self.keys,
            "actor": self.batch.created_by_id,
        }

    def note(self, guest_id: int, what: str, value: Any) -> None:
        """Write down something that a guest who was there before got."""
        if guest_id in self.was:
            self.became[guest_id].setdefault(what, []).append(value)


def rows_of(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return what it gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


class Image(NamedTuple):
    """The columns of a table of which an import keeps what they were."""

    table: str
    names: tuple[str, ...]

    @property
    def question(self) -> str:
        """Return a query for what some rows, by ``ids``, are now."""
        pairs = ", ".join(f"'{name}', {name}" for name in self.names)
        return (
            f"SELECT id, jsonb_build_object({pairs})::text FROM {self.table} "  # noqa: S608 -- our own words
            f"WHERE id = ANY (%(ids)s)"
        )
