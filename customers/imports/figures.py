"""Numbers as people in other countries write them, decided for a column as a whole."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from crm.core.money import to_minor
from crm.core.regions import currencies
from customers.imports.bad_cells import BadCell

# What stands before the decimals, and is the format of a column: 1.234,50 or 1,234.50.
COMMA, POINT = ",", "."
_WITH_POINT = frozenset(
    [
        "US",
        "GB",
        "IE",
        "AU",
        "NZ",
        "CA",
        "IN",
        "JP",
        "CN",
        "TH",
        "MX",
        "IL",
        "SG",
        "HK",
        "MT",
        "CY",
    ]
)

_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u202f\u2009'’"))
_FRAME = re.compile(r"^[^\d,.+()-]+|[^\d,.)-]+$")
_NUMBER = re.compile(r"[\d.,]*\d[\d.,]*")
_WORDS = re.compile(r"[^\W\d_]+|[€£$¥]")
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY"}
_KRONER = frozenset({"NOK", "SEK", "DKK", "ISK"})
_LARGEST = 10**12


def decimal_mark_of(cells: Iterable[str], country: str) -> tuple[str, bool]:
    """Return how a column marks decimals, and whether its cells tell.

    A cell tells when both marks are in it (the last one counts), when a mark is there
    twice (it groups), or when not exactly three digits follow it. The majority decides;
    where none tells, the country does.
    """
    votes = {COMMA: 0, POINT: 0}
    is_open = False
    for cell in cells:
        bare = _bare(cell)
        if told := _told_by(bare):
            votes[told] += 1
        else:
            is_open = is_open or COMMA in bare or POINT in bare
    usual = POINT if country in _WITH_POINT else COMMA
    best = max((usual, COMMA, POINT), key=lambda mark: votes[mark])
    return best, bool(votes[best]) or not is_open


def read_number(cell: str, mark: str) -> Decimal:
    """Return the number in ``cell``; a currency and grouping around it are left out.

    ``(5)`` and ``5-`` are less than nothing, as bookkeepers write it. Raise BadCell.
    """
    bare = _bare(cell)
    is_negative = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = bare.strip("()+-")
    group = POINT if mark == COMMA else COMMA
    whole, _mark, decimals = bare.partition(mark)
    if not _NUMBER.fullmatch(bare) or group in decimals or mark in decimals:
        raise BadCell("not_a_number")
    if group in whole and not re.fullmatch(rf"\d{{1,3}}(\{group}\d{{3}})+", whole):
        raise BadCell("not_a_number")
    try:
        number = Decimal(f"{whole.replace(group, '') or '0'}.{decimals or '0'}")
    except InvalidOperation as error:
        raise BadCell("not_a_number") from error
    return -number if is_negative and number else number


def read_money(cell: str, mark: str, currency: str) -> int:
    """Return an amount in minor units of ``currency``, halves rounded away from zero.

    Raise BadCell for another currency and for less than nothing.
    """
    for word in _WORDS.findall(cell):
        if not _is_of(word, currency):
            raise BadCell("other_currency")
    amount = read_number(cell, mark)
    if amount < 0:
        raise BadCell("negative")
    if amount > _LARGEST:
        raise BadCell("too_large")
    return to_minor(amount, currency)


def read_count(cell: str, most: int = 32_000) -> int:
    """Return a whole number from 0: ``2``, ``2.0``, ``2 netter``. Raise BadCell."""
    found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?(?:\s*[^\W\d]+\.?)?", cell.strip())
    if found is None:
        raise BadCell("not_a_count")
    if int(found[1]) > most:
        raise BadCell("too_large")
    return int(found[1])


def _is_of(word: str, currency: str) -> bool:
    """Return whether a word beside an amount does not speak of another currency."""
    code = _SIGNS.get(word, word.upper())
    if word == "$":
        return currency.endswith("D")
    if code in {"KR", "KRONER", "KRONOR"}:
        return currency in _KRONER
    return code == currency or code not in currencies()


def _bare(cell: str) -> str:
    text = cell.translate(_SPACES).replace("−", "-").replace("–", "-")
    text = _FRAME.sub("", text)
    return re.sub(r"[.,]-$", "", text)


def _told_by(bare: str) -> str:
    comma, point = bare.rfind(COMMA), bare.rfind(POINT)
    if comma >= 0 and point >= 0:
        return COMMA if comma > point else POINT
    for mark, other in ((COMMA, POINT), (POINT, COMMA)):
        if bare.count(mark) > 1:
            return other
        if mark in bare and len(bare.rpartition(mark)[2].rstrip(")-")) != 3:
            return mark
    return ""
