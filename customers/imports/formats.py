"""How the cells of a column can be written, in words to choose from."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.imports import days, figures
from customers.imports.fields import Holds, ImportField
from customers.imports.parsing import TURNED

Choice = tuple[str, str | Promise]

_DAYS: list[Choice] = [
    (days.DAY_FIRST, _("day.month.year")),
    (days.MONTH_FIRST, _("month/day/year")),
    (days.YEAR_FIRST, _("year-month-day")),
    (days.EXCEL, _("days counted by Excel")),
]
_NUMBERS: list[Choice] = [
    (figures.COMMA, "1 234,50"),
    (figures.POINT, "1,234.50"),
]
_ANSWERS: list[Choice] = [
    ("", _("Yes means that they agreed")),
    (TURNED, _("Yes means that they refused")),
]


def format_choices(field: ImportField | None) -> list[Choice]:
    """Return what can be chosen for a field; nothing where there is only one way."""
    if field is None:
        return []
    if field.holds in {Holds.DATE, Holds.BIRTHDAY}:
        return _DAYS
    if field.holds in {Holds.MONEY, Holds.DECIMAL}:
        return _NUMBERS
    return _ANSWERS if field.group == "consent" else []
