"""Queue one message for many guests, in one statement however many there are."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet

from customers.models import Channel, ContactPoint, Guest
from outreach.models import Message

_KIND_OF_POINT = {
    Channel.EMAIL: ContactPoint.Kind.EMAIL,
    Channel.SMS: ContactPoint.Kind.PHONE,
}

# What differs from guest to guest. The address is read when it is sent.
_OF_GUEST = {
    "uuid": "gen_random_uuid()",
    "occasion": "%(occasion)s || ':guest:' || chosen.id",
    "guest_id": "chosen.id",
    "language": "coalesce(nullif(chosen.language, ''), %(language)s)",
}

# Half of the guests get the second subject, and who asks again finds the same half. A
# language without a second subject takes no part.
_VARIANT = """CASE
    WHEN NOT coalesce(nullif(chosen.language, ''), %(language)s) = ANY(%(second_in)s) THEN ''
    WHEN mod(('x' || substr(md5(%(campaign)s || chosen.uuid::text), 1, 8))
        ::bit(32)::bigint, 2) = 0 THEN 'a'
    ELSE 'b' END"""

# Who shares an address with another gets it once: the one we have known longest.
_INSERT = """
INSERT INTO outreach_message ({columns})
SELECT {values} FROM (
    SELECT DISTINCT ON (coalesce(point.normalized, guest.id::text))
        guest.id, guest.uuid, guest.language
    FROM customers_guest AS guest
    LEFT JOIN LATERAL (
        SELECT normalized FROM customers_contactpoint
        WHERE guest_id = guest.id AND kind = %(kind_of_point)s
        ORDER BY is_primary DESC, created_at, id
        LIMIT 1
    ) AS point ON true
    WHERE guest.business_id = %(business_id)s AND guest.erased_at IS NULL
      AND guest.merged_into_id IS NULL AND guest.id IN (SELECT unnest(%(guests)s::bigint[]))
    ORDER BY coalesce(point.normalized, guest.id::text), guest.id
) AS chosen
ON CONFLICT (business_id, occasion) DO NOTHING
"""


def enqueue(
    message: Message,
    *,
    guests: QuerySet[Guest] | Sequence[int],
    occasion: str,
    second_in: Sequence[str] = (),
) -> int:
    """Queue a message like ``message``, which is not saved itself, for each guest.

    Once for ``occasion`` and guest, so that it may be repeated. Guests who share an
    address get it once. ``second_in`` names the languages of a guest that half get the
    campaign's second subject in. Return how many are new.
    """
    shared = {
        field.column: field.get_db_prep_save(
            getattr(message, field.attname), connection
        )
        for field in Message._meta.concrete_fields
        if field.column and not field.primary_key
    }
    own = _OF_GUEST | ({"variant": _VARIANT} if second_in else {})
    statement = _INSERT.format(
        columns=", ".join(shared),
        values=", ".join(own.get(name, f"%({name})s") for name in shared),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            shared
            | {
                "occasion": occasion,
                "kind_of_point": _KIND_OF_POINT[Channel(message.channel)],
                "guests": _ids(guests),
                "second_in": list(second_in),
                "campaign": str(message.campaign.uuid) if message.campaign else "",
            },
        )
        return int(cursor.rowcount)


def _ids(guests: QuerySet[Guest] | Sequence[int]) -> list[int]:
    if isinstance(guests, QuerySet):
        return list(guests.values_list("pk", flat=True))
    return list(guests)
