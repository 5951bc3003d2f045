"""Write what belongs to the guests of a chunk: addresses, tags, notes, yes and no."""

from collections.abc import Iterable

from crm.core.signing import address_hash
from crm.tenancy.models import Business
from customers.imports.chunks import Chunk, rows_of
from customers.imports.staged_columns import NEW_WORDS
from customers.models import Channel, Company, ConsentEvent, Suppression
from customers.people.companies import company_key, company_named
from customers.profile.tags import TagIsAutomatic, tag_named
from customers.suppressions import SCOPE_OF, suppressed_scopes

_WRITTEN = """staged.batch_id = %(batch)s AND staged.id > %(after)s
    AND staged.id <= %(last)s AND staged.same_as IS NULL
    AND staged.outcome IN ('new', 'changed')"""

_POINTS = f"""
INSERT INTO customers_contactpoint (
    business_id, guest_id, kind, raw, normalized, is_primary, created_at
)
SELECT %(business)s, staged.guest_id, said.kind, left(said.raw, 254), said.value,
       said.nth = 1 AND NOT EXISTS (
           SELECT FROM customers_contactpoint AS held
           WHERE held.guest_id = staged.guest_id AND held.kind = said.kind
             AND held.is_primary
       ), %(now)s
FROM customers_stagedguest AS staged
CROSS JOIN LATERAL (
    SELECT 'email' AS kind, * FROM unnest(emails, emails_raw) WITH ORDINALITY
    UNION ALL
    SELECT 'phone', * FROM unnest(phones, phones_raw) WITH ORDINALITY
) AS said (kind, value, raw, nth)
WHERE {_WRITTEN}
ORDER BY staged.id, said.kind, said.nth
ON CONFLICT (guest_id, kind, normalized) DO NOTHING
RETURNING guest_id, id
"""  # noqa: S608 -- our own words
_TAGS = f"""
INSERT INTO customers_guesttag (business_id, guest_id, tag_id, given_by_id, given_at)
SELECT DISTINCT %(business)s, staged.guest_id, tag.id, %(actor)s::integer, %(now)s::timestamptz
FROM customers_stagedguest AS staged
CROSS JOIN LATERAL unnest(staged.tags) AS said (name)
JOIN unnest(%(names)s::text[], %(ids)s::bigint[]) AS tag (name, id)
  ON tag.name = said.name
WHERE {_WRITTEN}
ON CONFLICT (guest_id, tag_id) DO NOTHING
RETURNING guest_id, id
"""  # noqa: S608 -- our own words
_NOTES = f"""
WITH written AS (
    INSERT INTO customers_note (
        business_id, uuid, guest_id, text, is_pinned, author_id, created_at
    )
    SELECT %(business)s, gen_random_uuid(), staged.guest_id, staged.note, false,
           %(actor)s, %(now)s
    FROM customers_stagedguest AS staged
    WHERE {_WRITTEN} AND staged.note <> '' AND NOT EXISTS (
        SELECT FROM customers_note AS held
        WHERE held.guest_id = staged.guest_id AND held.text = staged.note
    )
    RETURNING id, guest_id, text
), versions AS (
    INSERT INTO customers_noteversion (
        business_id, note_id, number, text, written_by_id, written_at
    )
    SELECT %(business)s, id, 1, text, %(actor)s, %(now)s FROM written
)
SELECT guest_id, id FROM written
"""  # noqa: S608 -- our own words
_WORDS = f"""
SELECT staged.guest_id, word.purpose, word.channel, word.is_granted,
       CASE word.channel WHEN 'email' THEN staged.emails ELSE staged.phones END
FROM customers_stagedguest AS staged CROSS JOIN LATERAL ({NEW_WORDS}) AS word
WHERE {_WRITTEN}
ORDER BY staged.id, word.purpose, word.channel
"""  # noqa: S608 -- our own words
_HELD = """
SELECT guest_id, kind, normalized FROM customers_contactpoint
WHERE guest_id = ANY (%(guests)s)
"""

Word = tuple[int, str, str, bool, list[str]]


def firms_of(chunk: Chunk) -> dict[str, int]:
    """Return the ids of the firms that the chunk names, as it names them."""
    business = chunk.batch.business
    names = (
        chunk.batch.staged_guests.filter(pk__gt=chunk.after, pk__lte=chunk.last)
        .exclude(company="")
        .values_list("company", flat=True)
        .order_by("company")
        .distinct()
    )
    wanted = {name: company_key(name) for name in names}
    held = dict(
        Company.objects.filter(business=business, key__in=wanted.values()).values_list(
            "key", "pk"
        )
    )
    for name, key in wanted.items():
        if key not in held and (firm := company_named(business, name, now=chunk.now)):
            held[key] = firm.pk
            chunk.batch.made.setdefault("firms", []).append(firm.pk)
    return {name: held[key] for name, key in wanted.items() if key in held}


def add_addresses(chunk: Chunk) -> None:
    """Add addresses; the first is the one to use, unless there was one already."""
    for guest_id, point_id in rows_of(_POINTS, chunk.values):
        chunk.note(guest_id, "points", point_id)


def add_tags(chunk: Chunk) -> None:
    """Give the tags that people give by hand; a tag with a rule is left to its rule."""
    tags = _tags(chunk)
    values = {**chunk.values, "names": list(tags), "ids": list(tags.values())}
    for guest_id, given_id in rows_of(_TAGS, values) if tags else ():
        chunk.note(guest_id, "tags", given_id)


def _tags(chunk: Chunk) -> dict[str, int]:
    business, tags = chunk.batch.business, {}
    staged = chunk.batch.staged_guests.filter(pk__gt=chunk.after, pk__lte=chunk.last)
    said = staged.exclude(tags=[]).values_list("tags", flat=True)
    for name in sorted({name for names in said for name in names if name.strip()}):
        was_there = set(business.tags.values_list("pk", flat=True))
        try:
            tags[name] = tag_named(business, name, now=chunk.now).pk
        except TagIsAutomatic:
            continue
        if tags[name] not in was_there:
            chunk.batch.made.setdefault("tags", []).append(tags[name])
    return tags


def add_notes(chunk: Chunk) -> None:
    for guest_id, note_id in rows_of(_NOTES, chunk.values):
        chunk.note(guest_id, "notes", note_id)


def add_words(chunk: Chunk) -> None:
    """Append what guests said yes and no to, in the old register.

    Never a yes where anything was said before, nor to an address that is closed; there
    is no notice at a sale, so nothing rests on one.
    """
    batch = chunk.batch
    words: list[Word] = [tuple(row) for row in rows_of(_WORDS, chunk.values)]
    closed = _closed(batch.business, words)
    events = ConsentEvent.objects.bulk_create(
        ConsentEvent(
            business=batch.business,
            guest_id=guest_id,
            purpose=purpose,
            channel=channel,
            is_granted=is_granted,
            basis="consent",
            source=ConsentEvent.Source.IMPORT,
            evidence=f"import {batch.uuid}",
            noted_by_id=batch.created_by_id,
            at=chunk.now,
        )
        for guest_id, purpose, channel, is_granted, _addresses in words
        if not (is_granted and (guest_id, purpose, channel) in closed)
    )
    for event in events:
        chunk.note(event.guest_id, "words", event.pk)


def _closed(business: Business, words: Iterable[Word]) -> set[tuple[int, str, str]]:
    """Return to which guests' addresses, for what, nothing goes: who asked us to stop."""
    asked = [word for word in words if word[3]]
    held: dict[tuple[int, str], set[str]] = {}
    for guest_id, kind, address in rows_of(
        _HELD, {"guests": [word[0] for word in asked]}
    ):
        channel = Channel.EMAIL if kind == "email" else Channel.SMS
        held.setdefault((guest_id, channel), set()).add(address)
    prints = {
        (guest_id, purpose, channel): {
            address_hash(channel, address)
            for address in {*addresses, *held.get((guest_id, channel), ())}
        }
        for guest_id, purpose, channel, _yes, addresses in asked
    }
    scopes = suppressed_scopes(
        business, fingerprints={mark for marks in prints.values() for mark in marks}
    )
    return {
        word
        for word, marks in prints.items()
        for mark in marks
        if scopes.get(mark, set()) & {Suppression.Scope.ALL, SCOPE_OF.get(word[1], "")}
    }
