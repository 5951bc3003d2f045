"""Pages of a list, without counting the whole list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the page numbers on both sides where there are any."""

    rows: list[Row]
    number: int
    next_number: int | None

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None


def page_of(
    request: HttpRequest, queryset: "QuerySet[Any]", *, per_page: int = 50
) -> Page[Any]:
    """Return the page that ``?page=`` asks for, the first one for anything unreadable.

    Costs one query: one row more than shown tells whether there is a next page.
    """
    number = page_number(request.GET.get("page", ""))
    start = (number - 1) * per_page
    rows = list(queryset[start : start + per_page + 1])
    has_next = len(rows) > per_page
    return Page(rows[:per_page], number, number + 1 if has_next else None)


def page_number(asked: str) -> int:
    """Return the number in ``asked``, 1 for anything unreadable or too far away."""
    # Python refuses to read very many digits.
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 5 else 1
