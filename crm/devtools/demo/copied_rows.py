"""The rows of copied guests: themselves, their addresses, visits and yeses."""

from collections.abc import Mapping

from django.db import connection, models
from psycopg import sql

from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import sparing_look_ups
from customers.models import (
    ConsentEvent,
    ContactPoint,
    Guest,
    GuestSummary,
    SearchLine,
    Visit,
)
from loyalty.models import Membership, TierChange

TABLES = (
    Guest, ContactPoint, Visit, ConsentEvent, GuestSummary, SearchLine, Membership,
    TierChange,
)  # fmt: skip

_SHIFT = "{} + copy.days * interval '1 day'"
_MOVED = {
    name: _SHIFT.format(f"template.{name}") for name in ("created_at", "updated_at")
}
_CODES = """
(SELECT ' ' || string_agg(code, ' | ' ORDER BY code COLLATE "C") || ' |'
 FROM unnest(ARRAY[
     CASE WHEN has_phone THEN copy.number END,
     CASE WHEN has_phone THEN calling_code || copy.number END,
     CASE WHEN has_email THEN mailbox_folded || ' ' || domain_folded END,
     nullif(lower(copy.member_number), '')
 ]) AS code WHERE code IS NOT NULL)
"""
_GUEST = {
    "id": "copy.guest_id",
    "uuid": "gen_random_uuid()",
    "display_name": "copy.display_name",
    "given_name": "copy.given_name",
    "family_name": "copy.family_name",
    "name_sort_key": "left(copy.sort_key, 200)",
    "member_number": "copy.member_number",
    "external_id": "''",
    "household_id": "NULL",
    "photo_id": "NULL",
    "search_text": f"concat('|', names_folded, '|', {_CODES})",
    **_MOVED,
}
_POINTS = """
INSERT INTO customers_contactpoint (
    business_id, guest_id, kind, raw, normalized, is_primary, created_at
)
SELECT {business}, copy.guest_id, point.kind, point.address, point.address, true,
       template.created_at + copy.days * interval '1 day'
FROM demo_copy AS copy
JOIN customers_guest AS template ON template.id = template_id
CROSS JOIN LATERAL (
    SELECT 'email' AS kind, mailbox || '@' || domain AS address WHERE has_email
    UNION ALL SELECT 'phone', '+' || calling_code || number WHERE has_phone
) AS point
"""
_VISIT = {
    "id": "copy.first_visit + template.number - 1",
    "uuid": "gen_random_uuid()",
    "external_id": "''",
    "guest_id": "copy.guest_id",
    "booker_id": "NULL",
    "arrival_date": "template.arrival_date + copy.days",
    "departure_date": "template.departure_date + copy.days",
    "spend": "100 * round(template.spend * (0.8 + 0.45 * random()) / 100)::bigint",
    **_MOVED,
    **{
        name: _SHIFT.format(f"template.{name}")
        for name in ("arrived_at", "completed_at", "closed_at")
    },
}
# Called off, so that nothing else follows from them.
_MISSING_VISIT = _VISIT | {
    "state": "'cancelled'",
    "arrival_date": "template.arrival_date + copy.days - 14 * turn",
    "departure_date": "template.departure_date + copy.days - 14 * turn",
    "arrived_at": "NULL",
    "completed_at": "NULL",
    "closed_at": _SHIFT.format("template.created_at"),
}
_CONSENT = {
    "guest_id": "copy.guest_id",
    "at": f"least({_SHIFT.format('template.at')}, {{now}})",
    "sale_visit_id": "copy.first_visit + sale.number - 1",
}


def copy_rows(house: House, *, missing_visits: int) -> None:
    """Write what ``demo_copy`` names. It takes ``missing_visits`` more than were copied."""
    with sparing_look_ups(), connection.cursor() as cursor:
        cursor.execute("ANALYZE demo_copy, demo_visit, demo_template")
        _insert(
            Guest,
            _GUEST,
            "demo_copy AS copy JOIN customers_guest AS template "
            "ON template.id = template_id ORDER BY i",
        )
        cursor.execute(sql.SQL(_POINTS).format(business=house.business.pk))
        _insert(
            Visit, _VISIT, "demo_copy AS copy JOIN demo_visit AS template USING (t)"
        )
        for model in (Guest, Visit):
            _go_on_counting(model)
        _insert_missing_visits(missing_visits)
        _insert(
            ConsentEvent,
            {"id": None, **_CONSENT},
            "demo_copy AS copy JOIN customers_consentevent AS template "
            "ON template.guest_id = template_id "
            "LEFT JOIN demo_visit AS sale ON sale.id = template.sale_visit_id",
            now=house.now,
        )


def _insert_missing_visits(missing: int) -> None:
    if not missing:
        return
    _insert(
        Visit,
        {**_MISSING_VISIT, "id": None},
        "generate_series(1, {missing}) AS turn CROSS JOIN demo_copy AS copy "
        "JOIN demo_visit AS template ON template.t = copy.t AND template.number = 1 "
        "WHERE turn <= 1 + {missing} / (SELECT count(*) FROM demo_copy) "
        "ORDER BY turn, i LIMIT {missing}",
        missing=missing,
    )


def _insert(
    model: type[models.Model],
    changed: Mapping[str, str | None],
    source: str,
    **values: object,
) -> None:
    """Copy all columns of the template; those in ``changed`` as it says, None: not."""
    columns = [
        str(field.column)
        for field in model._meta.concrete_fields
        if changed.get(str(field.column), "") is not None
    ]
    told = ", ".join(changed.get(name) or f"template.{name}" for name in columns)
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(told).format(**values),
        sql.SQL(source).format(**values),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def last_number(model: type[models.Model]) -> int:
    return int(model._base_manager.aggregate(last=models.Max("id"))["last"] or 0)


def _go_on_counting(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
            [model._meta.db_table, last_number(model)],
        )
