"""Fill a table first and build its indexes after: several times as quick."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models
from psycopg import sql

# Of each index but the primary key: its name, whether a constraint owns it, and how it
# is made again.
_INDEXES = """
SELECT class.relname, owner.conname IS NOT NULL,
       coalesce(pg_get_constraintdef(owner.oid), pg_get_indexdef(class.oid))
FROM pg_index AS index
JOIN pg_class AS class ON class.oid = index.indexrelid
LEFT JOIN pg_constraint AS owner
  ON owner.conindid = class.oid AND owner.contype IN ('u', 'x')
WHERE index.indrelid = %s::regclass AND NOT index.indisprimary
"""


@contextmanager
def without_indexes(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Take down all indexes but the primary keys, and build them again at the end."""
    with connection.cursor() as cursor:
        taken = {model._meta.db_table: _indexes_of(model) for model in tables}
        for table, indexes in taken.items():
            for name, is_constraint, _definition in indexes:
                cursor.execute(_drop(table, name, is_constraint=is_constraint))
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for table, indexes in taken.items():
            for name, is_constraint, definition in indexes:
                if is_constraint:
                    definition = (
                        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
                    )
                cursor.execute(definition)


def _indexes_of(model: type[models.Model]) -> list[tuple[str, bool, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [model._meta.db_table])
        return cursor.fetchall()


def _drop(table: str, name: str, *, is_constraint: bool) -> sql.Composed:
    if is_constraint:
        return sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
            sql.Identifier(table), sql.Identifier(name)
        )
    return sql.SQL("DROP INDEX {}").format(sql.Identifier(name))


def tidy() -> None:
    """Do at once what the database would do in its own time after so many rows.

    Until then it neither knows how many there are nor which pages need no second look.
    """
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
