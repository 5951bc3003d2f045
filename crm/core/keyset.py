"""Go on in an ordered list behind the last row seen, at the same cost at any depth."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Value


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
