"""What search reads of each guest, kept in the guest's own transaction.

One folded line, in pieces: the name, the name turned round, the firm and other spellings,
then every address and number there is.

    | nora ostby | ostby nora | nordvind as | nora ostby example no | 4740612345 | 40612345 |
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from crm.core.phones import national_digits
from crm.core.text import one_spelling, plain_words, search_key, written_out
from crm.tenancy.models import Business
from customers.models import Guest, SearchLine, known
from customers.searching.name_words import note_words, recount_words, words_of
from customers.summaries import refresh_summaries

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """Names and numbers of those who were made one with a guest."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


_BEGIN = """
INSERT INTO customers_searchline (guest_id, business_id, line, came_on)
SELECT guest.id, guest.business_id, left(search_text, %(most)s),
       coalesce(greatest(last_visit_on, here_since), '0001-01-01')
FROM customers_guest AS guest
LEFT JOIN customers_guestsummary AS summary ON summary.guest_id = guest.id
LEFT JOIN (
    SELECT guest_id, max(arrival_date) AS here_since FROM customers_visit
    WHERE business_id = %(business)s AND state = 'in_house' GROUP BY guest_id
) AS here ON here.guest_id = guest.id
WHERE guest.business_id = %(business)s
  AND erased_at IS NULL AND merged_into_id IS NULL
ON CONFLICT DO NOTHING
"""
_BEGIN_SOME = """
INSERT INTO customers_searchline (guest_id, business_id, line, came_on)
SELECT guest.id, guest.business_id, left(search_text, %(most)s),
       coalesce(greatest(last_visit_on, here_since), '0001-01-01')
FROM customers_guest AS guest
LEFT JOIN customers_guestsummary AS summary ON summary.guest_id = guest.id
LEFT JOIN (
    SELECT guest_id, max(arrival_date) AS here_since FROM customers_visit
    WHERE business_id = %(business)s AND state = 'in_house' GROUP BY guest_id
) AS here ON here.guest_id = guest.id
WHERE guest.id = ANY (%(guests)s) AND erased_at IS NULL
ON CONFLICT DO NOTHING
RETURNING line
"""
_STORE = """
WITH given AS (SELECT unnest(%s::bigint[]) AS id, unnest(%s::text[]) AS line),
told AS (
    UPDATE customers_guest AS guest SET search_text = given.line FROM given
    WHERE guest.id = given.id AND guest.search_text <> given.line
)
INSERT INTO customers_searchline AS kept (guest_id, business_id, line, came_on)
SELECT guest.id, guest.business_id, left(given.line, %s), '0001-01-01'
FROM given JOIN customers_guest AS guest USING (id)
ON CONFLICT (guest_id) DO UPDATE SET line = excluded.line
WHERE kept.line <> excluded.line
"""


def search_line(
    *,
    name: str,
    given_name: str,
    family_name: str,
    company: str,
    emails: Iterable[str],
    phones: Iterable[str],
    numbers: Iterable[str],
    also: Sequence[str] = (),
) -> str:
    """Return the folded line of a guest with these names, E.164 phones and numbers.

    ``also`` are names they were known by before they were made one with others.
    """
    names = (name, f"{family_name} {given_name}" if given_name and family_name else "")
    others = (*map(_fold, also), other_spellings(*names, company, *also))
    firm = " / ".join(filter(None, (_fold(company), *others)))
    codes = [_fold(email) for email in emails]
    for phone in phones:
        codes += [phone.lstrip("+"), national_digits(phone)]
    for number in numbers:
        codes += [_fold(number), _fold(number).replace(" ", "")]
    kept = sorted(code for code in set(codes) if code)
    return "| " + " | ".join([*map(_fold, names), firm, *kept]) + " |"


def _fold(text: str) -> str:
    return one_spelling(plain_words(text))


def other_spellings(*texts: str) -> str:
    """Return words that differ from their one spelling, and double names as one word."""
    words: dict[str, None] = {}
    for text in texts:
        plain = plain_words(text).split()
        others = (word for word in plain if one_spelling(word) != written_out(word))
        words.update((written_out(word), None) for word in others)
        double = (word for word in search_key(text).split() if "-" in word.strip("-"))
        words.update((_fold(word).replace(" ", ""), None) for word in double)
    return " ".join(words)


def keep_line(guest: Guest) -> None:
    """Store the guest's new ``search_text``. Hold the guest's lock, if they are not new."""
    row = SearchLine.objects.filter(guest=guest).first()
    line = guest.search_text[: SearchLine.MOST]
    if row is None:
        SearchLine.objects.create(guest=guest, business=guest.business, line=line)
    elif row.line != line:
        SearchLine.objects.filter(pk=row.pk).update(line=line)
    note_words(guest.business_id, _difference(row.line if row else "", line))


def drop_line(guest: Guest) -> None:
    """Remove what search reads of ``guest``. Words that only they had go with it."""
    row = SearchLine.objects.filter(guest=guest).first()
    if row:
        row.delete()
        note_words(guest.business_id, _difference(row.line, ""), at_once=True)


def _difference(before: str, after: str) -> Counter[str]:
    words = Counter(words_of(after))
    words.subtract(words_of(before))
    return words


def refresh_lines(business: Business, guest_ids: Iterable[int]) -> None:
    """Write the lines of these guests anew: of a firm, say, that has another name."""
    for guests in _in_batches(business, sorted(guest_ids)):
        lines = {pk: line[: SearchLine.MOST] for pk, line in guests.items()}
        kept = SearchLine.objects.filter(guest__in=lines).values_list("guest", "line")
        words: Counter[str] = Counter()
        before = dict(kept)
        for pk, line in lines.items():
            words.update(words_of(line))
            words.subtract(words_of(before.get(pk, "")))
        _store(guests)
        note_words(business.pk, words)


@transaction.atomic
def begin_lines(business: Business) -> None:
    """Make what search reads of guests who were loaded with text and summary."""
    values = {"most": SearchLine.MOST, "business": business.pk}
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
    recount_words(business)


def note_lines(
    business: Business, guest_ids: list[int], *, with_words: bool = True
) -> None:
    """Make what search reads of new guests who were loaded with text and summary.

    Without words, whoever loads many counts them once at the end.
    """
    values: dict[str, Any] = {
        "most": SearchLine.MOST,
        "business": business.pk,
        "guests": guest_ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_SOME, values)
        lines = [line for (line,) in cursor.fetchall()]
    if with_words:
        note_words(
            business.pk, Counter(word for line in lines for word in words_of(line))
        )


@transaction.atomic
def rebuild_search(business: Business) -> int:
    """Derive all that search reads from the guests and visits; return how many guests."""
    with connection.cursor() as cursor:
        # Nobody creates or amends a guest meanwhile.
        cursor.execute("LOCK TABLE customers_searchline IN SHARE ROW EXCLUSIVE MODE")
    there = business.guests.filter(known())
    lines = SearchLine.objects.filter(business=business)
    lines.exclude(known("guest")).delete()
    count = 0
    for guests in _in_batches(business, list(there.values_list("pk", flat=True))):
        _store(guests)
        count += len(guests)
    refresh_summaries(business)
    recount_words(business)
    return count


def _store(lines: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [list(lines), list(lines.values()), SearchLine.MOST])


def _in_batches(business: Business, ids: list[int]) -> Iterable[dict[int, str]]:
    for start in range(0, len(ids), BATCH):
        guests = (
            business.guests.filter(known(), pk__in=ids[start : start + BATCH])
            .select_related("company")
            .prefetch_related("contact_points", "merged_guests")
        )
        yield {guest.pk: line_of(guest) for guest in guests}


def line_of(guest: Guest) -> str:
    """Return the line of a guest as they stand in the database."""
    points = guest.contact_points.all()
    also = known_before(guest)
    return search_line(
        name=guest.display_name,
        given_name=guest.given_name,
        family_name=guest.family_name,
        company=guest.company.name if guest.company else "",
        emails=[point.normalized for point in points if point.kind == "email"],
        phones=[point.normalized for point in points if point.kind == "phone"],
        numbers=[guest.member_number, guest.external_id, *also.numbers],
        also=also.names,
    )


def known_before(guest: Guest) -> KnownBefore:
    """Return what those were called who were made one with ``guest``. One query."""
    if guest._state.adding:
        return KnownBefore()
    others = guest.merged_guests.all()
    names = (name for one in others for name in _names_of(one))
    numbers = (
        number for one in others for number in (one.member_number, one.external_id)
    )
    return KnownBefore(
        tuple(dict.fromkeys(filter(None, names))), tuple(filter(None, numbers))
    )


def _names_of(guest: Guest) -> tuple[str, str]:
    return guest.display_name, f"{guest.family_name} {guest.given_name}".strip()
