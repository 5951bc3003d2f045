"""The visits list as a file: every visit that fits, in the columns that were chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.models import Job
from crm.jobs.registry import Progress
from crm.tenancy.models import Business
from customers.lists.asked_visits import AskedVisits, with_their_people
from customers.lists.asking_visits import AskingVisits
from customers.lists.files import ListKind, file_step
from customers.lists.visit_columns import VISIT_COLUMNS
from customers.models import Visit, known

KIND = "visit_list_file"
# With words that were typed, ids are kept instead of them: at most so many.
MOST_BY_ID = 20_000

VISIT_FILE = ListKind(
    name="visits",
    first=_("Guest"),
    first_value=lambda visit: visit.guest.display_name,
    columns=VISIT_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class VisitRows:
    """Every visit that fits: a short list in its order, a long one by id."""

    asked: AskedVisits

    def count(self) -> int:
        return self.asked.all().count()

    def batch(self, last: int, limit: int) -> tuple[Sequence[Visit], int | None]:
        if not last:
            short = list(self.asked.in_order()[: limit + 1])
            if len(short) <= limit:
                return _of(self.asked.business, short), None
        ids = self.asked.ids_beyond(last, limit=limit)
        visits = with_their_people(Visit.objects.filter(pk__in=ids)).order_by("pk")
        rows = _of(self.asked.business, list(visits))
        return rows, ids[-1] if len(ids) == limit else None


@dataclass(frozen=True, slots=True)
class ChosenVisits:
    """Visits by id, in the order in which they were found."""

    business: Business
    ids: list[int]

    def count(self) -> int:
        return len(self.ids)

    def batch(self, last: int, limit: int) -> tuple[Sequence[Visit], int | None]:
        """Here ``last`` is how many have been told."""
        ids = self.ids[last : last + limit]
        visits = Visit.objects.filter(
            known("guest"), business=self.business, pk__in=ids
        )
        by_id = {visit.pk: visit for visit in with_their_people(visits)}
        told = last + len(ids)
        rows = _of(self.business, [by_id[pk] for pk in ids if pk in by_id])
        return rows, told if told < len(self.ids) else None


def question_of(asking: AskingVisits, *, today: date) -> dict[str, Any]:
    """Return what a job needs to ask the same. What was typed becomes ids."""
    if asking.asked.filters.label:
        ids = asking.asked.in_order().values_list("pk", flat=True)
        return {"ids": list(ids[:MOST_BY_ID])}
    return {
        "words": asking.words,
        "venues": list(asking.asked.venue_ids),
        "today": today.isoformat(),
    }


def visit_file_step(job: Job, *, now: datetime) -> Progress:
    question = job.arguments["question"]
    ids = question.get("ids")
    if ids is not None:
        return file_step(job, VISIT_FILE, ChosenVisits(job.business, ids), now=now)
    asking = AskingVisits.of(
        job.business,
        question["words"],
        venues=list(job.business.venues.all()),
        venue_ids=question["venues"],
        today=date.fromisoformat(question["today"]),
    )
    return file_step(job, VISIT_FILE, VisitRows(asking.asked), now=now)


def _of(business: Business, visits: list[Visit]) -> list[Visit]:
    # One business for all of them, so that none is asked for one by one.
    for visit in visits:
        visit.business = business
    return visits
