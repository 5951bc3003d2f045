"""Run the few statements of every message prepared: PostgreSQL plans each of them once.

Django writes values into the text of a statement, so that no two are alike to the
database. These go with their values beside them.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

Statement = tuple[str, Mapping[str, Any]]


def run_prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run ``statement`` on Django's connection, in its transaction; return its rows.

    Raises Django's database errors.
    """
    server = _server()
    with connection.wrap_database_errors, psycopg.Cursor(server) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def run_together(*statements: Statement) -> list[tuple[Any, ...]]:
    """Run one after the other in one transaction, without waiting in between; return
    rows of the last.

    Each sees what was committed before it began itself. What is sent together commits
    together: PostgreSQL, "Message Flow: Pipelining".
    """
    server = _server()
    with connection.wrap_database_errors, psycopg.Cursor(server) as cursor:
        with server.pipeline():
            for statement, values in statements:
                cursor.execute(statement, values)
        return _rows_of_last(cursor)


def _rows_of_last(cursor: psycopg.Cursor[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    rows = cursor.fetchall()
    while cursor.nextset():
        rows = cursor.fetchall()
    return rows


def _server() -> psycopg.Connection[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    server: psycopg.Connection[tuple[Any, ...]] = connection.connection
    # Django turns it off; a pooler between us and the server may have to have it so.
    server.prepare_threshold = 0 if settings.PREPARED_STATEMENTS else None
    return server
