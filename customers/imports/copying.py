"""Write many rows at once, as text that PostgreSQL copies."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

# COPY takes a tab for the next column, a line for the next row and \N for nothing.
_SIGNS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
NOTHING = "\\N"
BLOCK = 2_000


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[str]) -> None:
    """Append rows that ``row_text`` made to ``table``."""
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    waiting: list[str] = []
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            waiting.append(row)
            if len(waiting) == BLOCK:
                copy.write("".join(waiting))
                waiting.clear()
        copy.write("".join(waiting))


def row_text(values: Iterable[Any]) -> str:
    """Return one row for ``copy_rows``."""
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return NOTHING
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        # Most texts have nothing to escape, and asking is quicker than doing it.
        return value if value.isalnum() else value.translate(_SIGNS)
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, dict):
        return json.dumps(value).translate(_SIGNS)
    if isinstance(value, list | tuple):
        return _array(value).translate(_SIGNS)
    return str(value)


def _array(values: Sequence[str]) -> str:
    if not values:
        return "{}"
    quoted = (
        '"' + text.replace("\0", "").replace("\\", "\\\\").replace('"', '\\"') + '"'
        for text in values
    )
    return "{" + ",".join(quoted) + "}"
