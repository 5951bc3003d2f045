"""A column of a list: one definition for the page and for the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext

from crm.core import dates, numbers
from crm.core.csv_files import Amount, Cell
from crm.core.locales import active_locale
from crm.core.money import format_money

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """What a list may show of each row.

    ``value`` gives what it is, not how it looks. ``is_number`` puts it to the right,
    ``is_labelled`` says on a phone what it is, where it does not speak for itself.
    """

    label: str | Promise
    value: Callable[[Row], Cell | Amount | bool]
    is_number: bool = False
    is_labelled: bool = False
    is_on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of a page."""

    key: str
    text: str
    column: Column[Any]


def cells_of(
    row: Row, columns: Mapping[str, Column[Row]], keys: Sequence[str], today: date
) -> list[Shown]:
    """Return the chosen cells of a row as people read them."""
    return [
        Shown(key, say(columns[key].value(row), today), columns[key]) for key in keys
    ]


def say(value: Cell | Amount | bool, today: date) -> str:
    """Return a value in words; nothing is an empty text."""
    locale = active_locale()
    if value is None or value is False:
        return ""
    if value is True:
        return pgettext("a column", "yes")
    if isinstance(value, Amount):
        return format_money(value.minor, value.currency, locale)
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    if isinstance(value, date):
        return dates.say_day(value, today, locale)
    if isinstance(value, int):
        return numbers.format_number(value, locale)
    return str(value)


def written(value: Cell | Amount | bool) -> Cell | Amount:
    """Return a value as it goes into a file."""
    if isinstance(value, bool):
        return pgettext("a column", "yes") if value else pgettext("a column", "no")
    return value
