"""The guest list as a file: everybody who fits, in the columns that were chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.models import Job
from crm.jobs.registry import Progress
from customers.lists.asked_guests import AskedGuests
from customers.lists.asking_guests import Asking
from customers.lists.files import ListKind, file_step
from customers.lists.guest_columns import GUEST_COLUMNS
from customers.lists.paging import ORDERS, Row, in_order, rows_of
from customers.models import Guest, known
from customers.searching.search import MOST as MOST_RANKED

KIND = "guest_list_file"
# Of a search, ids are kept instead of what was typed: at most so many.
MOST_SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class GuestRows:
    """Everybody whom the question fits: a short list in its order, a long one by id.

    By id nobody is missed or told twice while the register goes on changing.
    """

    asked: AskedGuests

    def count(self) -> int:
        return self.asked.everybody().count()

    def batch(self, last: int, limit: int) -> tuple[Sequence[Row], int | None]:
        if not last and (short := self._short(limit)) is not None:
            return self._rows(short), None
        ids = self.asked.ids_beyond(last, limit=limit)
        kept = self.asked.fit_after_all(ids)
        guests = Guest.objects.filter(pk__in=kept).select_related("summary", "company")
        rows = self._rows(list(guests.order_by("pk")))
        return rows, ids[-1] if len(ids) == limit else None

    def _short(self, limit: int) -> list[Guest] | None:
        order = ORDERS[self.asked.order]
        guests = in_order(self.asked.everybody(), order, after=None, limit=limit + 1)
        if len(guests) > limit:
            return None
        kept = self.asked.fit_after_all([guest.pk for guest in guests])
        return [guest for guest in guests if guest.pk in kept]

    def _rows(self, guests: Sequence[Guest]) -> list[Row]:
        return rows_of(self.asked.business, guests)


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Guests by id, in the order in which they were found."""

    asked: AskedGuests
    ids: list[int]

    def count(self) -> int:
        return len(self.ids)

    def batch(self, last: int, limit: int) -> tuple[Sequence[Row], int | None]:
        """Here ``last`` is how many have been told."""
        ids = self.ids[last : last + limit]
        guests = {
            guest.pk: guest
            for guest in self.asked.business.guests.filter(
                known(), pk__in=ids
            ).select_related("summary", "company")
        }
        rows = rows_of(self.asked.business, [guests[pk] for pk in ids if pk in guests])
        told = last + len(ids)
        return rows, told if told < len(self.ids) else None


GUEST_FILE = ListKind(
    name="guests",
    first=_("Guest"),
    first_value=lambda row: row.guest.display_name,
    columns=GUEST_COLUMNS,
)


def question_of(asking: Asking) -> dict[str, Any]:
    """Return what a job needs to ask the same. What was typed becomes ids."""
    asked = asking.asked
    if asked.typed:
        return {"ids": ids_meant(asked, most=MOST_SEARCHED)}
    words = {name: text for name, text in asking.words.items() if name != "for"}
    return {"words": words, "today": asked.today.isoformat()}


def ids_meant(asked: AskedGuests, *, most: int) -> list[int]:
    """Return whom "all who fit" means: what the list shows from its first page to its
    last, in its order where that is a search's; at most ``most``.
    """
    if asked.is_ranked:
        ranked = [guest.pk for guest in asked.ranked()]
        if len(ranked) < MOST_RANKED:
            return ranked
    return asked.all_ids(most=most)


def guest_file_step(job: Job, *, now: datetime) -> Progress:
    question = job.arguments["question"]
    today = date.fromisoformat(question.get("today", "2000-01-01"))
    asked = Asking.of(job.business, question.get("words", {}), today=today).asked
    ids = question.get("ids")
    source = GuestRows(asked) if ids is None else ChosenRows(asked, ids)
    return file_step(job, GUEST_FILE, source, now=now)
