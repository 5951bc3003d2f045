"""Tell which guests and visits of a file are in the register already.

By number; else by an address together with a name that agrees; else a guest is new, and
the two with one address are a pair to look at. One SQL statement a rule, for a stretch
of guests at a time: for the preview, and again at the moment they are brought in.
"""

from django.db import connection
from django.db.models import Max

from customers.imports.forgotten import leave_out_forgotten
from customers.imports.known_visits import match_visits
from customers.imports.staged_columns import DIFFERS, LISTS, MAYBE, TEXTS
from customers.models import Import, StagedGuest

# More staged guests with one address than this have it from a travel agency.
MOST_SHARING = 30

# Names as the search line begins: the words of one among the words of the other, and
# more than a first name alone, unless they are the same to the letter.
AGREE = """(
    {a} = {b} OR (
        least(cardinality(string_to_array({a}, ' ')),
              cardinality(string_to_array({b}, ' '))) >= 2
        AND (string_to_array({a}, ' ') <@ string_to_array({b}, ' ')
             OR string_to_array({b}, ' ') <@ string_to_array({a}, ' '))
    )
)"""
_NAME = "btrim(split_part(guest.search_text, '|', 2))"
_STRETCH = """staged.batch_id = %(batch)s AND staged.id > %(after)s
    AND staged.id <= %(last)s AND staged.same_as IS NULL"""

_FORGET = f"""
UPDATE customers_stagedguest AS staged SET guest_id = NULL, outcome = ''
WHERE {_STRETCH} AND (guest_id IS NOT NULL OR outcome <> '')
"""  # noqa: S608 -- our own words
_BY_NUMBER = f"""
UPDATE customers_stagedguest AS staged
SET guest_id = coalesce(guest.merged_into_id, guest.id)
FROM customers_guest AS guest
WHERE {_STRETCH} AND staged.external_id <> ''
  AND guest.business_id = %(business)s AND guest.external_id = staged.external_id
  AND guest.erased_at IS NULL
"""  # noqa: S608 -- our own words
# Two numbers of the old system are two guests, whatever else they share.
_BY_ADDRESS = f"""
WITH said AS (
    SELECT staged.id, staged.name_key, staged.external_id, address.kind, address.value
    FROM customers_stagedguest AS staged
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, unnest(staged.emails) AS value
        UNION ALL SELECT 'phone', unnest(staged.phones)
    ) AS address
    WHERE {_STRETCH} AND staged.guest_id IS NULL
), found AS (
    SELECT DISTINCT ON (said.id) said.id, guest.id AS guest_id
    FROM said
    JOIN customers_contactpoint AS point
      ON point.business_id = %(business)s AND point.kind = said.kind
         AND point.normalized = said.value
    JOIN customers_guest AS guest ON guest.id = point.guest_id
    WHERE guest.erased_at IS NULL AND guest.merged_into_id IS NULL
      AND (guest.external_id = '' OR said.external_id = ''
           OR guest.external_id = said.external_id)
      AND said.name_key <> '' AND {AGREE.format(a="said.name_key", b=_NAME)}
    ORDER BY said.id, said.name_key <> {_NAME}, guest.id
)
UPDATE customers_stagedguest AS staged SET guest_id = found.guest_id
FROM found WHERE staged.id = found.id
"""  # noqa: S608 -- our own words
# Who has no name in the file is whoever alone has the address.
_NAMELESS = f"""
WITH found AS (
    SELECT staged.id, min(guest.id) AS guest_id
    FROM customers_stagedguest AS staged
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, unnest(staged.emails) AS value
        UNION ALL SELECT 'phone', unnest(staged.phones)
    ) AS address
    JOIN customers_contactpoint AS point
      ON point.business_id = %(business)s AND point.kind = address.kind
         AND point.normalized = address.value
    JOIN customers_guest AS guest ON guest.id = point.guest_id
    WHERE {_STRETCH} AND staged.guest_id IS NULL AND staged.name_key = ''
      AND staged.external_id = ''
      AND guest.erased_at IS NULL AND guest.merged_into_id IS NULL
    GROUP BY staged.id HAVING count(DISTINCT guest.id) = 1
)
UPDATE customers_stagedguest AS staged SET guest_id = found.guest_id
FROM found WHERE staged.id = found.id
"""  # noqa: S608 -- our own words

_ALIKE = f"""
WITH said AS (
    SELECT staged.id, staged.key, staged.name_key, staged.external_id, address.value
    FROM customers_stagedguest AS staged
    CROSS JOIN LATERAL (
        SELECT unnest(staged.emails) AS value UNION ALL SELECT unnest(staged.phones)
    ) AS address
    WHERE staged.batch_id = %(batch)s AND staged.guest_id IS NULL
      AND staged.same_as IS NULL AND staged.name_key <> ''
), shared AS (
    SELECT value FROM said GROUP BY value HAVING count(*) BETWEEN 2 AND %(most)s
), earlier AS (
    SELECT DISTINCT ON (later.id) later.id, one.key
    FROM shared
    JOIN said AS later USING (value)
    JOIN said AS one USING (value)
    WHERE one.id < later.id AND (one.external_id = '' OR later.external_id = '')
      AND {AGREE.format(a="one.name_key", b="later.name_key")}
    ORDER BY later.id, one.id
)
UPDATE customers_stagedguest AS staged SET same_as = earlier.key
FROM earlier WHERE staged.id = earlier.id
"""  # noqa: S608 -- our own words
# Not those the register has both: whoever has one was made one with whoever has the other.
_IS_HELD = """EXISTS (
    SELECT FROM customers_guest AS guest
    WHERE guest.business_id = %(business)s AND guest.external_id = staged.external_id
      AND guest.erased_at IS NULL)"""
_TWO_NUMBERS = f"""
UPDATE customers_stagedguest AS staged SET guest_id = NULL
FROM (
    SELECT DISTINCT ON (guest_id) guest_id, external_id
    FROM customers_stagedguest AS staged
    WHERE {_STRETCH} AND guest_id IS NOT NULL AND external_id <> ''
    ORDER BY guest_id, NOT {_IS_HELD}, id
) AS one
WHERE {_STRETCH} AND staged.guest_id = one.guest_id
  AND staged.external_id NOT IN ('', one.external_id) AND NOT {_IS_HELD}
"""  # noqa: S608 -- our own words
_SAME_GUEST = """
UPDATE customers_stagedguest AS staged SET same_as = one.key
FROM (
    SELECT DISTINCT ON (guest_id) guest_id, key FROM customers_stagedguest
    WHERE batch_id = %(batch)s AND guest_id IS NOT NULL AND same_as IS NULL
    ORDER BY guest_id, id
) AS one
WHERE staged.batch_id = %(batch)s AND staged.guest_id = one.guest_id
  AND staged.key <> one.key
"""
# Whose earlier one is somebody else's later one.
_FOLLOW = """
UPDATE customers_stagedguest AS staged SET same_as = one.same_as
FROM customers_stagedguest AS one
WHERE staged.batch_id = %(batch)s AND one.batch_id = %(batch)s
  AND one.key = staged.same_as AND one.same_as IS NOT NULL
"""
_JOIN_VISITS = """
UPDATE customers_stagedvisit AS visit SET guest_key = staged.same_as
FROM customers_stagedguest AS staged
WHERE staged.batch_id = %(batch)s AND staged.same_as IS NOT NULL
  AND visit.batch_id = %(batch)s AND visit.guest_key = staged.key
"""
_TAKEN = f"""
WITH taken AS (
    UPDATE customers_stagedguest AS staged SET member_number = ''
    WHERE {_STRETCH} AND member_number <> '' AND (
        EXISTS (
            SELECT FROM customers_guest AS guest
            WHERE guest.business_id = %(business)s
              AND guest.member_number = staged.member_number
              AND guest.id IS DISTINCT FROM staged.guest_id
        ) OR EXISTS (
            SELECT FROM customers_stagedguest AS other
            WHERE other.batch_id = %(batch)s AND other.id < staged.id
              AND other.same_as IS NULL
              AND other.member_number = staged.member_number
        )
    )
    RETURNING staged.line
)
INSERT INTO customers_importproblem
    (business_id, batch_id, line, "column", code, value, rejects_row)
SELECT %(business)s, %(batch)s, line, '', 'number_taken', '', false FROM taken
"""  # noqa: S608 -- our own words
_REJECT = f"""
WITH nobody AS (
    UPDATE customers_stagedguest AS staged SET outcome = 'rejected'
    WHERE {_STRETCH} AND guest_id IS NULL AND outcome <> 'rejected'
      AND (%(only_known)s OR display_name = '')
    RETURNING staged.key, staged.line
), lines AS (
    SELECT line FROM nobody
    UNION SELECT visit.line FROM customers_stagedvisit AS visit
    JOIN nobody ON nobody.key = visit.guest_key WHERE visit.batch_id = %(batch)s
)
INSERT INTO customers_importproblem
    (business_id, batch_id, line, "column", code, value, rejects_row)
SELECT %(business)s, %(batch)s, line, '',
       CASE WHEN %(only_known)s THEN 'unknown_guest' ELSE 'no_name' END, '', true
FROM lines WHERE NOT EXISTS (
    SELECT FROM customers_importproblem AS said
    WHERE said.batch_id = %(batch)s AND said.line = lines.line AND said.rejects_row
)
"""  # noqa: S608 -- our own words
_STANDING = f"""
UPDATE customers_stagedguest AS staged
SET outcome = CASE WHEN NOT %(only_known)s AND {DIFFERS}
              THEN 'changed' ELSE 'same' END
FROM customers_guest AS guest
WHERE {_STRETCH} AND guest.id = staged.guest_id
"""  # noqa: S608 -- our own words


def know_sizes() -> None:
    """Let PostgreSQL see how much was staged just now, so that it plans for that."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_stagedguest, customers_stagedvisit")


def match_stretch(batch: Import, *, after: int, most: int) -> int | None:
    """Hold the next guests against the register; return the last one's id, or None."""
    ids = batch.staged_guests.filter(pk__gt=after).order_by("pk").values("pk")[:most]
    last: int | None = ids.aggregate(last=Max("pk"))["last"]
    if last is not None:
        find_guests(batch, after=after, last=last)
    return last


def find_guests(batch: Import, *, after: int, last: int) -> None:
    """Find who in the register the staged guests of a stretch are."""
    _run(
        batch,
        (_FORGET, _BY_NUMBER, _BY_ADDRESS, _NAMELESS, _TWO_NUMBERS),
        after=after,
        last=last,
    )


def judge_guests(batch: Import, *, after: int, last: int) -> None:
    """Say of the guests of a stretch what will become of them."""
    leave_out_forgotten(batch, after=after, last=last)
    _run(batch, (_TAKEN, _REJECT, _STANDING), after=after, last=last)


def match_whole(batch: Import) -> None:
    """Hold the guests and the visits of the file against each other."""
    _run(batch, (_TWO_NUMBERS, _ALIKE, _SAME_GUEST))
    if batch.staged_guests.exclude(same_as=None).exists():
        while _run(batch, (_FOLLOW,)):
            pass
        _fold(batch)
        _run(batch, (_JOIN_VISITS,))
    judge_guests(batch, after=0, last=_LAST)
    match_visits(batch)


# Beyond every id.
_LAST = 2**62


def _run(
    batch: Import, statements: tuple[str, ...], *, after: int = 0, last: int = _LAST
) -> int:
    values = {
        "batch": batch.pk,
        "business": batch.business_id,
        "after": after,
        "last": last,
        "most": MOST_SHARING,
        "only_known": not batch.has_guests,
    }
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
        return int(cursor.rowcount)


def _fold(batch: Import) -> None:
    """Give whoever came first what the file says in other lines of the same guest."""
    others = batch.staged_guests.exclude(same_as=None).order_by("pk")
    by_key: dict[int, list[StagedGuest]] = {}
    for other in others.iterator(chunk_size=2000):
        by_key.setdefault(other.same_as, []).append(other)  # type: ignore[arg-type]
    keys = list(by_key)
    for start in range(0, len(keys), 1000):
        firsts = list(batch.staged_guests.filter(key__in=keys[start : start + 1000]))
        for first in firsts:
            for other in by_key[first.key]:
                add_what_it_says(first, other)
        StagedGuest.objects.bulk_update(firsts, [*TEXTS, *MAYBE, *LISTS])


def add_what_it_says(first: StagedGuest, other: StagedGuest) -> None:
    """Fill what ``first`` does not say from ``other``, the same guest."""
    for name in (*TEXTS, *MAYBE):
        if getattr(first, name) in {"", None}:
            setattr(first, name, getattr(other, name))
    for kind in ("emails", "phones"):
        held, raws = getattr(first, kind), getattr(first, f"{kind}_raw")
        said = zip(getattr(other, kind), getattr(other, f"{kind}_raw"), strict=True)
        fresh = [(value, raw) for value, raw in said if value not in held]
        setattr(first, kind, held + [value for value, _raw in fresh])
        setattr(first, f"{kind}_raw", raws + [raw for _value, raw in fresh])
    first.tags += [tag for tag in other.tags if tag not in first.tags]
    first.custom = other.custom | first.custom
    first.consents = first.consents | {
        said: is_yes and first.consents.get(said, True)
        for said, is_yes in other.consents.items()
    }
