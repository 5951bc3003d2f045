"""What can be asked of a field, and which values each question takes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy


class Kind(TextChoices):
    """What a field holds. Money is in minor units of the house's currency."""

    TEXT = "text", gettext_lazy("Text")
    NUMBER = "number", pgettext_lazy("a kind of field", "Number")
    MONEY = "money", gettext_lazy("Money")
    DATE = "date", gettext_lazy("Date")
    DAY_OF_YEAR = "day_of_year", gettext_lazy("Day of the year")
    CHOICE = "choice", gettext_lazy("One of a few")
    YES_NO = "yes_no", gettext_lazy("Yes or no")


class Operator(TextChoices):
    """How a rule compares. Each is true or false of every guest, never in between.

    What is not known fulfils ``IS_UNKNOWN`` and nothing else: ``NOT_ONE_OF`` asks for
    something known that is none of these. Who means both says so with an "any" group,
    or with a "none" group, which holds exactly where nothing in it does.
    """

    ONE_OF = "one_of", pgettext_lazy("a rule", "is one of")
    NOT_ONE_OF = "not_one_of", pgettext_lazy("a rule", "is known, and none of")
    IS = "is", pgettext_lazy("a rule", "is")
    BEGINS_WITH = "begins_with", pgettext_lazy("a rule", "begins with")
    AT_LEAST = "at_least", pgettext_lazy("a rule", "is at least")
    AT_MOST = "at_most", pgettext_lazy("a rule", "is at most")
    BETWEEN = "between", pgettext_lazy("a rule", "is between")
    IN_LAST_DAYS = "in_last_days", pgettext_lazy("a rule", "was in the last days")
    MORE_THAN_DAYS_AGO = (
        "more_than_days_ago",
        pgettext_lazy("a rule", "is longer ago than days"),
    )
    IN_NEXT_DAYS = "in_next_days", pgettext_lazy("a rule", "is in the next days")
    BEFORE = "before", pgettext_lazy("a rule", "is before")
    AFTER = "after", pgettext_lazy("a rule", "is after")
    IN_MONTHS = "in_months", pgettext_lazy("a rule", "is in the month")
    IS_KNOWN = "is_known", pgettext_lazy("a rule", "is known")
    IS_UNKNOWN = "is_unknown", pgettext_lazy("a rule", "is not known")
    YES = "yes", pgettext_lazy("a rule", "yes")
    NO = "no", pgettext_lazy("a rule", "no")


Op = Operator
_KNOWING = (Op.IS_KNOWN, Op.IS_UNKNOWN)
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (Op.IS, Op.BEGINS_WITH, *_KNOWING),
    Kind.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.IS),
    Kind.MONEY: (Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
    Kind.DATE: (
        Op.IN_LAST_DAYS, Op.MORE_THAN_DAYS_AGO, Op.IN_NEXT_DAYS, Op.BEFORE, Op.AFTER,
        Op.BETWEEN, Op.IN_MONTHS, *_KNOWING,
    ),
    Kind.DAY_OF_YEAR: (Op.IN_NEXT_DAYS, Op.IN_MONTHS, *_KNOWING),
    Kind.CHOICE: (Op.ONE_OF, Op.NOT_ONE_OF, *_KNOWING),
    Kind.YES_NO: (Op.YES, Op.NO),
}  # fmt: skip
WITHOUT_VALUE = frozenset({*_KNOWING, Op.YES, Op.NO})
COUNTED_IN_DAYS = frozenset({Op.IN_LAST_DAYS, Op.MORE_THAN_DAYS_AGO, Op.IN_NEXT_DAYS})

LARGEST_NUMBER = 10**12
MOST_DAYS = 36_500
MOST_CHOICES = 50
LONGEST_TEXT = 200


class BadValue(ValueError):
    """The value does not fit the question; the words say what would."""


def read_value(kind: Kind, operator: Operator, raw: object) -> Any:
    """Return the value as rules hold it once read: days are dates, lists are tuples.

    Raise BadValue.
    """
    if operator in WITHOUT_VALUE:
        return _nothing(raw)
    if operator in COUNTED_IN_DAYS:
        return _whole_number(raw, MOST_DAYS)
    if operator in {Op.ONE_OF, Op.NOT_ONE_OF}:
        return _several(raw, _words, MOST_CHOICES)
    if operator == Op.IN_MONTHS:
        return _several(raw, _month, 12)
    read = _READERS[kind]
    return _from_to(raw, read) if operator == Op.BETWEEN else read(raw)


def _nothing(raw: object) -> None:
    if raw is not None:
        raise BadValue(_("There is nothing to fill in here."))


def _whole_number(raw: object, largest: int = LARGEST_NUMBER) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= largest:
        raise BadValue(_("Write a whole number."))
    return raw


def _words(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise BadValue(_("Fill this in."))
    if len(raw) > LONGEST_TEXT or "\0" in raw:
        raise BadValue(_("This is too long."))
    return raw.strip()


def _day(raw: object) -> date:
    try:
        return date.fromisoformat(_words(raw))
    except ValueError as error:
        raise BadValue(_("Choose a day.")) from error


def _month(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= 12:
        raise BadValue(_("Choose a month."))
    return raw


def _several(raw: object, read: Callable[[object], Any], most: int) -> tuple[Any, ...]:
    if not isinstance(raw, list) or not raw:
        raise BadValue(_("Choose at least one."))
    if len(raw) > most:
        raise BadValue(_("These are too many."))
    return tuple(dict.fromkeys(read(each) for each in raw))


def _from_to(raw: object, read: Callable[[object], Any]) -> tuple[Any, Any]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise BadValue(_("Fill in both."))
    low, high = read(raw[0]), read(raw[1])
    if high < low:
        raise BadValue(_("The first of the two is the smaller one."))
    return low, high


_READERS: dict[Kind, Callable[[object], Any]] = {
    Kind.TEXT: _words,
    Kind.NUMBER: _whole_number,
    Kind.MONEY: _whole_number,
    Kind.DATE: _day,
}


def days_meant(
    operator: Operator, value: Any, today: date
) -> tuple[date | None, date | None]:
    """Return the first and the last day that fit; None where there is no end."""
    if operator == Op.IN_LAST_DAYS:
        return today - timedelta(days=value), today
    if operator == Op.MORE_THAN_DAYS_AGO:
        return None, today - timedelta(days=value + 1)
    if operator == Op.IN_NEXT_DAYS:
        return today, today + timedelta(days=value)
    if operator == Op.BETWEEN:
        low, high = value
        return low, high
    if operator == Op.BEFORE:
        return None, _next_to(value, -1)
    return _next_to(value, 1), None


def _next_to(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
