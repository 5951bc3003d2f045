"""Go on in an ordered list behind the last row seen, at the same cost at any depth."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, F, Func, Value

_MOMENT_AND_ROW = re.compile(r"(\d{1,17})-(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows_beyond(
    columns: Sequence[str], values: Sequence[Any], *, descending: bool
) -> Func:
    """Return the condition that a row comes after ``values`` in the order of ``columns``.

    All columns go in one direction and hold no nulls. PostgreSQL compares whole rows
    by entering an index over the columns at the very place, where ``a < 1 OR (a = 1 AND
    b < 2)`` would read everything before it.
    """
    return Func(
        _row(F(column) for column in columns),
        _row(Value(value) for value in values),
        template="%(expressions)s",
        arg_joiner=" < " if descending else " > ",
        output_field=BooleanField(),
    )


def _row(parts: Any) -> Func:
    return Func(*parts, function="ROW", output_field=BooleanField())


def place_in_time(moment: datetime, pk: int) -> str:
    """Return, for an address, the place of a row in a list by moment and then by key."""
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{pk}"


def read_place_in_time(place: str) -> tuple[datetime, int] | None:
    """Return the moment and the key of a place; None for anything unreadable."""
    found = _MOMENT_AND_ROW.fullmatch(place)
    if not found:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        return None
