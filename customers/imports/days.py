"""Days as other systems write them, decided for a column as a whole."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale
from django.conf import settings

from crm.core.text import plain_words
from customers.imports.bad_cells import BadCell

# The format of a column: which number comes first. Months may be names in any of them.
DAY_FIRST, MONTH_FIRST, YEAR_FIRST, EXCEL = "dmy", "mdy", "ymd", "excel"
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "FM", "MH", "PW"})

EARLIEST = date(1920, 1, 1)
MOST_YEARS_AHEAD = 3

_TIME = re.compile(
    r"(?:T|,?\s+(?:kl\.?\s*|klo\s*|um\s*)?)\d{1,2}[:.]\d{2}(?![.\d]*\d{4}).*$", re.I
)
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?")
_EXCEL_BEGINS = date(1899, 12, 30)
_EXCEL_DAYS = range(7_000, 80_000)


def format_of_days(cells: Iterable[str], country: str) -> tuple[str, bool]:
    """Return how a column writes days, and whether its cells tell.

    01/02/2024 does not tell: the country does, and a person should look.
    """
    votes: Counter[str] = Counter()
    is_open = False
    for cell in cells:
        told = _told_by(_without_time(cell))
        votes.update(told)
        is_open = is_open or not told
    usual = MONTH_FIRST if country in _MONTH_FIRST_COUNTRIES else DAY_FIRST
    best = max(
        (usual, DAY_FIRST, MONTH_FIRST, YEAR_FIRST, EXCEL), key=lambda form: votes[form]
    )
    if not votes[best]:
        return usual, not is_open
    rivals = {DAY_FIRST, MONTH_FIRST}
    both = best in rivals and all(votes[form] for form in rivals)
    numbers_open = is_open and not votes[DAY_FIRST] and not votes[MONTH_FIRST]
    if best == YEAR_FIRST and numbers_open:
        return usual, False
    return best, not both


def read_day(cell: str, form: str, today: date) -> date:
    """Return the day in ``cell``. Raise BadCell.

    A year of four digits in front is always read so, and months may be words. Years of
    two digits are at most three years ahead.
    """
    text = _without_time(cell)
    if form == EXCEL and _NUMBER.fullmatch(text):
        return _excel_day(text)
    pieces = [piece for piece in _PIECE.findall(text) if not _is_weekday(piece)]
    if len(pieces) == 1 and pieces[0].isdigit():
        pieces = _cut(pieces[0], form)
    if len(pieces) != 3:
        raise BadCell("not_a_day")
    year, month, day = _in_order(pieces, form)
    return _a_day(_full_year(year, today), month, day)


def read_visit_day(cell: str, form: str, today: date) -> date:
    """Return a day on which somebody can have come, or be coming. Raise BadCell."""
    day = read_day(cell, form, today)
    if day < EARLIEST:
        raise BadCell("too_early")
    if day.year > today.year + MOST_YEARS_AHEAD:
        raise BadCell("too_far")
    return day


def read_birthday(cell: str, form: str, today: date) -> tuple[int, int]:
    """Return month and day; a year is read and not kept. Raise BadCell."""
    pieces = [piece for piece in _PIECE.findall(_without_time(cell)) if piece]
    if len(pieces) == 2:
        first, second = pieces
        turned = form in {MONTH_FIRST, YEAR_FIRST} and first.isdigit()
        named = not first.isdigit()
        month, day = (first, second) if turned or named else (second, first)
        born = _a_day(2024, month_number(month), _int(day))
        return born.month, born.day
    born = _born(cell, form, today)
    if (born.year, born.month, born.day) == (1900, 1, 1):
        raise BadCell("stands_for_nothing")
    if born > today:
        raise BadCell("too_far")
    return born.month, born.day


def _born(cell: str, form: str, today: date) -> date:
    born = read_day(cell, form, today)
    # Nobody is born in three years: 61 is 1961.
    if born > today and not re.search(r"\d{4}", cell):
        return born.replace(year=born.year - 100)
    return born


def month_number(word: str) -> int:
    """Return a month by its number or its name in any language. Raise BadCell."""
    if word.strip().isdigit():
        number = int(word)
    else:
        key = plain_words(word)
        number = _months().get(key) or _months().get(key[:3], 0)
    if not 1 <= number <= 12:
        raise BadCell("not_a_month")
    return number


def _without_time(cell: str) -> str:
    return _TIME.sub("", cell.strip()).strip(" '")


def _told_by(text: str) -> list[str]:
    """Return what a cell says for: nothing where the numbers could be either."""
    if _NUMBER.fullmatch(text):
        is_day = len(text) < 8 and int(float(text.replace(",", "."))) in _EXCEL_DAYS
        return [EXCEL] if is_day and len(text.partition(".")[0]) == 5 else []
    pieces = [piece for piece in _PIECE.findall(text) if not _is_weekday(piece)]
    if len(pieces) == 1 and len(text) == 8 and text.isdigit():
        return [YEAR_FIRST] if text[:2] in {"19", "20"} else []
    if len(pieces) < 2:
        return []
    if len(pieces[0]) == 4 and pieces[0].isdigit():
        return [YEAR_FIRST]
    if not all(piece.isdigit() for piece in pieces):
        return [DAY_FIRST] if pieces[0].isdigit() else [MONTH_FIRST]
    return _told_by_numbers([int(piece) for piece in pieces], text)


def _told_by_numbers(numbers: Sequence[int], text: str) -> list[str]:
    if numbers[0] > 31:
        return [YEAR_FIRST]
    if numbers[0] > 12:
        return [DAY_FIRST]
    if numbers[1] > 12:
        return [MONTH_FIRST]
    # Nobody who puts the month first parts by points.
    return [DAY_FIRST] if "." in text else []


def _cut(digits: str, form: str) -> list[str]:
    """Part the digits of 20241231, 31122024 and 311224."""
    if len(digits) == 8 and (form == YEAR_FIRST or digits[:2] in {"19", "20"}):
        return [digits[:4], digits[4:6], digits[6:]]
    if len(digits) in {6, 8}:
        return [digits[:2], digits[2:4], digits[4:]]
    raise BadCell("not_a_day")


def _in_order(pieces: Sequence[str], form: str) -> tuple[str, int, int]:
    words = [at for at, piece in enumerate(pieces) if not piece.isdigit()]
    if len(words) > 1:
        raise BadCell("not_a_day")
    if words:
        month = month_number(pieces[words[0]])
        one, other = (piece for at, piece in enumerate(pieces) if at != words[0])
        year, day = (one, other) if len(one) == 4 else (other, one)
    elif len(pieces[0]) == 4 or form == YEAR_FIRST:
        year, day, month = pieces[0], pieces[2], _int(pieces[1])
    elif form == MONTH_FIRST:
        year, day, month = pieces[2], pieces[1], _int(pieces[0])
    else:
        year, day, month = pieces[2], pieces[0], _int(pieces[1])
    return year, month, _int(day)


def _int(digits: str) -> int:
    if not digits.isdigit() or len(digits) > 4:
        raise BadCell("not_a_day")
    return int(digits)


def _full_year(digits: str, today: date) -> int:
    year = _int(digits)
    if len(digits) == 4:
        return year
    if len(digits) != 2:
        raise BadCell("not_a_day")
    century = today.year // 100 * 100
    return century + year if century + year <= today.year + 3 else century - 100 + year


def _a_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadCell("no_such_day") from error


def _excel_day(text: str) -> date:
    days = int(float(text.replace(",", ".")))
    if days not in _EXCEL_DAYS:
        raise BadCell("not_a_day")
    return _EXCEL_BEGINS + timedelta(days=days)


def _is_weekday(piece: str) -> bool:
    return not piece.isdigit() and plain_words(piece) in _weekdays()


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    words: dict[str, int] = {}
    for locale in _locales():
        for kind in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in locale.months[kind][width].items():
                    words.setdefault(plain_words(name), number)
    return words


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    names = {
        plain_words(name)
        for locale in _locales()
        for kind in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for name in locale.days[kind][width].values()
    }
    return frozenset(names - _months().keys())


def _locales() -> list[Locale]:
    return [Locale.parse(code) for code, _name in settings.LANGUAGES]
