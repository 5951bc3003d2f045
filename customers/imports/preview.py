"""What an import will do, counted and shown before it does it."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from customers.models import Import, ImportProblem, StagedGuest, StagedVisit

FIRST = 10
PROBLEMS_PER_PAGE = 50

# The outcome that a row has when nothing in the register is like it.
_NEW = Q(outcome__in=("", "new"))


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One of the first lines as it will look, with the outcome of guest and visit."""

    line: int
    guest: StagedGuest
    visit: StagedVisit | None


@dataclass(frozen=True, slots=True)
class Preview:
    """``counts`` are of ``guests`` and ``visits`` by outcome (``new``, ``changed``,
    ``same``, ``rejected``, ``all``), ``rows`` of the file and ``rejected_rows``.
    ``problems`` are how many there are by code, most first.
    """

    counts: dict[str, Any]
    problems: list[tuple[str, int]]
    first_rows: list[FirstRow]


def preview_of(batch: Import) -> Preview:
    """Return what a file that was read will do. A fixed number of queries."""
    by_code = (
        batch.import_problems.values_list("code")
        .annotate(count=Count("pk"))
        .order_by("-count", "code")
    )
    return Preview(
        counts=batch.counts, problems=list(by_code), first_rows=_first_rows(batch)
    )


def problems_of(batch: Import, page: int = 1, *, code: str = "") -> Page[ImportProblem]:
    """Return a page of what is wrong, by line; of one code, if that is asked for."""
    problems = batch.import_problems.order_by("line", "pk")
    if code:
        problems = problems.filter(code=code)
    return Paginator(problems, PROBLEMS_PER_PAGE).get_page(page)


def count_up(batch: Import) -> dict[str, Any]:
    """Return the counts of what was staged. Three queries over the staged rows."""
    rejected = batch.import_problems.filter(rejects_row=True)
    return {
        "rows": batch.counts.get("rows", 0),
        "guests": _by_outcome(batch.staged_guests.filter(same_as=None)),
        "visits": _by_outcome(batch.staged_visits.all()),
        "rejected_rows": rejected.values("line").distinct().count(),
    }


def _by_outcome(rows: Any) -> dict[str, int]:
    counted = rows.aggregate(
        all=Count("pk"),
        new=Count("pk", filter=_NEW),
        changed=Count("pk", filter=Q(outcome="changed")),
        same=Count("pk", filter=Q(outcome="same")),
        rejected=Count("pk", filter=Q(outcome="rejected")),
    )
    return {name: int(count) for name, count in counted.items()}


def _first_rows(batch: Import) -> list[FirstRow]:
    if batch.has_visits:
        visits = list(
            batch.staged_visits.exclude(outcome="rejected")
            .select_related("venue")
            .order_by("pk")[:FIRST]
        )
        guests = batch.staged_guests.filter(key__in={row.guest_key for row in visits})
        by_key = {guest.key: guest for guest in guests}
        return [
            FirstRow(row.line, by_key[row.guest_key], row)
            for row in visits
            if row.guest_key in by_key
        ]
    guests = batch.staged_guests.filter(same_as=None).exclude(outcome="rejected")
    return [FirstRow(row.line, row, None) for row in guests.order_by("pk")[:FIRST]]
