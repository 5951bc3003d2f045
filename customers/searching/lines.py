"""What search reads of each guest, kept in the guest's own transaction.

One folded line, in pieces: the name, the name turned round, the firm and other spellings,
then every address and number there is.

    | nora ostby | ostby nora | nordvind as | nora ostby example no | 4740612345 | 40612345 |
"""

from collections import Counter
from collections.abc import Iterable

from django.db import connection, transaction

from crm.core.phones import national_digits
from crm.core.text import one_spelling, plain_words, search_key, written_out
from crm.tenancy.models import Business
from customers.models import Guest, SearchLine
from customers.searching.name_words import note_words, recount_words, words_of
from customers.summaries import refresh_summaries

BATCH = 2_000

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
WHERE guest.business_id = %(business)s AND erased_at IS NULL
ON CONFLICT DO NOTHING
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
) -> str:
    """Return the folded line of a guest with these names, E.164 phones and numbers."""
    names = (name, f"{family_name} {given_name}" if given_name and family_name else "")
    firm = " / ".join(filter(None, (_fold(company), other_spellings(*names, company))))
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


@transaction.atomic
def rebuild_search(business: Business) -> int:
    """Derive all that search reads from the guests and visits; return how many guests."""
    with connection.cursor() as cursor:
        # Nobody creates or amends a guest meanwhile.
        cursor.execute("LOCK TABLE customers_searchline IN SHARE ROW EXCLUSIVE MODE")
    known = business.guests.filter(erased_at=None)
    lines = SearchLine.objects.filter(business=business)
    lines.exclude(guest__erased_at=None).delete()
    count = 0
    for guests in _in_batches(business, list(known.values_list("pk", flat=True))):
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
            business.guests.filter(pk__in=ids[start : start + BATCH], erased_at=None)
            .select_related("company")
            .prefetch_related("contact_points")
        )
        yield {guest.pk: line_of(guest) for guest in guests}


def line_of(guest: Guest) -> str:
    """Return the line of a guest as they stand in the database."""
    points = guest.contact_points.all()
    return search_line(
        name=guest.display_name,
        given_name=guest.given_name,
        family_name=guest.family_name,
        company=guest.company.name if guest.company else "",
        emails=[point.normalized for point in points if point.kind == "email"],
        phones=[point.normalized for point in points if point.kind == "phone"],
        numbers=[guest.member_number, guest.external_id],
    )
