"""What a column holds somewhere in the register, without reading all of it."""

from django.db import connection, models

from crm.tenancy.models import Business

# More than this nobody would look through.
MOST = 200

# Jumps from each value to the next one in the index, instead of reading every row.
_EACH_ONCE = """
WITH RECURSIVE used (value) AS (
    (SELECT {column} FROM {table}
     WHERE business_id = %(business)s AND {column} <> '' ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table}
            WHERE business_id = %(business)s AND {column} <> ''
              AND {column} > used.value
            ORDER BY {column} LIMIT 1)
    FROM used WHERE used.value IS NOT NULL
)
SELECT value FROM used WHERE value IS NOT NULL LIMIT %(most)s
"""


def values_in_use(
    model: type[models.Model], column: str, business: Business, *, most: int = MOST
) -> list[str]:
    """Return the different texts in a column of the business's rows, in order.

    At most ``most``. Needs an index over the business and the column where it is not
    empty; then one query, whose cost grows with the number of values only.
    """
    names = {
        "table": connection.ops.quote_name(model._meta.db_table),
        "column": connection.ops.quote_name(column),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _EACH_ONCE.format(**names), {"business": business.pk, "most": most}
        )
        return [value for (value,) in cursor.fetchall()]
