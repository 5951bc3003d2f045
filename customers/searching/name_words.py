"""The words of a house's names and firms, counted: what typing errors are held against.

Who comes or changes appends shares, and a tick adds them up: nobody waits for a popular
word. Only who is forgotten takes their words along at once.
"""

from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Count

from crm.tenancy.models import Business
from customers.models import NameWord

# Shorter words are typed right, or not found.
SHORTEST = 3

_FOLD = """
WITH split AS (
    SELECT word FROM customers_nameword
    WHERE business_id = %(business)s
    GROUP BY word HAVING count(*) > 1 OR sum(guests) <= 0
), taken AS (
    DELETE FROM customers_nameword AS kept USING split
    WHERE kept.business_id = %(business)s AND kept.word = split.word
    RETURNING kept.word, kept.guests
)
INSERT INTO customers_nameword (business_id, word, guests)
SELECT %(business)s, word, sum(guests) FROM taken GROUP BY word HAVING sum(guests) > 0
"""

# The pieces of a line that hold names and the firm, as words_of() takes them apart.
_RECOUNT = """
INSERT INTO customers_nameword (business_id, word, guests)
SELECT %(business)s, word, count(*) FROM (
    SELECT DISTINCT guest_id, string_to_table(
        concat_ws(
            ' ', split_part(line, '|', 2), split_part(line, '|', 3),
            split_part(split_part(line, '|', 4), '/', 1)
        ), ' '
    ) AS word
    FROM customers_searchline WHERE business_id = %(business)s
) AS said
WHERE length(word) BETWEEN %(shortest)s AND %(longest)s AND word ~ '^[a-z]+$'
GROUP BY word
"""


def is_plain(word: str) -> bool:
    """Return whether ``word`` is of the letters a to z alone, as all counted words are."""
    return word.isascii() and word.isalpha() and word.islower()


def words_of(line: str) -> set[str]:
    """Return the words of names and firm in a search line, those of a to z alone."""
    pieces = line.split("|")[1:4]
    words = " ".join([*pieces[:2], *(piece.partition("/")[0] for piece in pieces[2:])])
    return {
        word
        for word in words.split()
        if SHORTEST <= len(word) <= NameWord.LONGEST and is_plain(word)
    }


def note_words(
    business_id: int, shares: Mapping[str, int], *, at_once: bool = False
) -> None:
    """Append how many guests more or fewer have each word; ``at_once`` adds up as well."""
    changed = {word: share for word, share in shares.items() if share}
    NameWord.objects.bulk_create(
        NameWord(business_id=business_id, word=word, guests=share)
        for word, share in changed.items()
    )
    if at_once:
        fold_words(business_id)


@transaction.atomic
def fold_words(business_id: int) -> None:
    """Add up the shares of each word. A word that nobody has any more is gone."""
    with connection.cursor() as cursor:
        _queue_up(business_id)
        cursor.execute(_FOLD, {"business": business_id})


def fold_all() -> None:
    """Add up what was appended, house by house."""
    houses = NameWord.objects.values("business", "word").annotate(rows=Count("pk"))
    split = houses.filter(rows__gt=1).values_list("business", flat=True)
    for business_id in set(split):
        fold_words(business_id)


@transaction.atomic
def recount_words(business: Business) -> None:
    """Count all words anew from the search lines."""
    values = {
        "business": business.pk,
        "shortest": SHORTEST,
        "longest": NameWord.LONGEST,
    }
    with connection.cursor() as cursor:
        _queue_up(business.pk)
        NameWord.objects.filter(business=business).delete()
        cursor.execute(_RECOUNT, values)


def _queue_up(business_id: int) -> None:
    """Let nobody else add up the same house's words until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('name words', %s))",
            [business_id],
        )
