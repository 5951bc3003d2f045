"""What is due to guests on their visits: promised, wished for, planned as an extra.

Read here, in a fixed number of queries; written in ``customers/care/promises.py``. Worked
example in docs/domain.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.tenancy.models import Business, Staff
from customers.models import Preference, Promise, Visit

State, Kind, Outcome = Visit.State, Promise.Kind, Promise.Outcome

OPEN = (State.BOOKED, State.IN_HOUSE)
CALLED_OFF = (State.CANCELLED, State.NO_SHOW)

# A booking that nobody has said anything about is no longer expected after so long.
EXPECTED_FOR = timedelta(days=7)

# Nobody has said yet where the promise is due: the next arrival takes it over.
WAITING = Q(outcome=Outcome.OPEN) & (Q(visit=None) | Q(visit__state__in=CALLED_OFF))


@dataclass(frozen=True, slots=True)
class Due:
    """Something a guest is to get on a visit: a row, or a wish not written down yet."""

    visit_id: int
    promise: Promise | None = None
    preference: Preference | None = None

    @property
    def uuid(self) -> UUID:
        """Return the name for it in addresses: the same before and after it has a row."""
        thing = self.preference or self.promise
        assert thing is not None
        return thing.uuid

    @property
    def text(self) -> str:
        if self.promise is not None:
            return self.promise.text
        return self.preference.words if self.preference else ""

    @property
    def outcome(self) -> str:
        return self.promise.outcome if self.promise else Outcome.OPEN

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def is_kept(self) -> bool:
        return self.outcome == Outcome.KEPT

    @property
    def is_extra(self) -> bool:
        return self.promise is not None and self.promise.is_extra

    @property
    def reason(self) -> str:
        return self.promise.reason if self.promise else ""

    @property
    def cost(self) -> int:
        return self.promise.cost if self.promise else 0

    @property
    def responsible(self) -> Staff | None:
        return self.promise.responsible if self.promise else None

    @property
    def may_be_changed(self) -> bool:
        """Return whether it is words of its own; a wish is changed as a wish."""
        return self.preference is None and self.is_open

    def in_order(self) -> tuple[bool, datetime, str]:
        """Return the key that keeps its place in a list when it is ticked."""
        if self.preference is not None:
            return (False, self.preference.noted_at, str(self.uuid))
        assert self.promise is not None
        return (self.is_extra, self.promise.made_at, str(self.uuid))


def due_for(
    business: Business, visits: Sequence[Visit], *, today: date
) -> dict[int, list[Due]]:
    """Return what is due on each visit, by visit id; visits without anything are absent.

    For open and completed visits what is written down. For open ones also what is not
    yet: wishes for every time; and what waits for the next arrival, on the visit that is
    expected first. What was said after an arrival waits for the next one, except that a
    wish for every time is shown at once. Costs four queries.
    """
    found: dict[int, dict[UUID, Due]] = {}
    live = [visit for visit in visits if visit.state not in CALLED_OFF]
    for row in _rows(business, live):
        assert row.visit_id is not None
        due = Due(row.visit_id, row, row.preference)
        found.setdefault(row.visit_id, {})[due.uuid] = due
    for due in _not_written_yet(business, live, today):
        # What is written down already says what became of it.
        found.setdefault(due.visit_id, {}).setdefault(due.uuid, due)
    return {
        visit_id: sorted(dues.values(), key=Due.in_order)
        for visit_id, dues in found.items()
    }


def open_due(visit: Visit, uuid: UUID, *, today: date) -> Due | None:
    """Return what is still to be done on the visit under this uuid. Four queries."""
    dues = due_for(visit.business, [visit], today=today).get(visit.pk, [])
    return next((due for due in dues if due.uuid == uuid and due.is_open), None)


def _rows(business: Business, visits: Sequence[Visit]) -> QuerySet[Promise]:
    return Promise.objects.filter(
        business=business, visit__in=[visit.pk for visit in visits]
    ).select_related("preference__kind", "responsible__user")


def _not_written_yet(
    business: Business, visits: Sequence[Visit], today: date
) -> Iterable[Due]:
    visits = [visit for visit in visits if visit.state in OPEN]
    if not visits:
        return
    guest_ids = {visit.guest_id for visit in visits}
    asked = {visit.pk for visit in visits}
    upcoming = _upcoming(business, guest_ids, today)
    for promise in waiting_promises(business, guest_ids):
        first = _first(upcoming[promise.guest_id], promise.made_at)
        if first in asked:
            yield Due(first, promise)
    for preference in _current_preferences(business, guest_ids):
        for visit_id in _due_on(preference, upcoming[preference.guest_id]):
            if visit_id in asked:
                yield Due(visit_id, None, preference)


def waiting_promises(business: Business, guest_ids: Iterable[int]) -> QuerySet[Promise]:
    """Return what is promised for a next arrival that has not come. One query."""
    return Promise.objects.filter(
        WAITING, business=business, guest__in=guest_ids
    ).select_related("responsible__user")


def _current_preferences(
    business: Business, guest_ids: Iterable[int]
) -> QuerySet[Preference]:
    return Preference.objects.filter(
        business=business, guest__in=guest_ids, ended_at=None
    ).select_related("kind")


@dataclass(frozen=True, slots=True)
class _Coming:
    """An open visit; ``arrived_at`` None while it is booked."""

    pk: int
    arrived_at: datetime | None
    is_expected: bool

    def is_after(self, said_at: datetime) -> bool:
        """Return whether the guest has come, or will come, after it was said."""
        return self.arrived_at is None or said_at <= self.arrived_at


def _upcoming(
    business: Business, guest_ids: Iterable[int], today: date
) -> dict[int, list[_Coming]]:
    rows = Visit.objects.filter(
        business=business, guest__in=guest_ids, state__in=OPEN
    ).values_list("guest", "state", "arrival_date", "arrival_time", "pk", "arrived_at")
    # Who is here comes before who is expected.
    first = sorted(
        rows,
        key=lambda row: (row[1] == State.BOOKED, row[2], row[3] or time.max, row[4]),
    )
    upcoming: dict[int, list[_Coming]] = {guest_id: [] for guest_id in guest_ids}
    for guest_id, state, arrival_date, _time, pk, arrived_at in first:
        is_booked = state == State.BOOKED
        upcoming[guest_id].append(
            _Coming(
                pk,
                None if is_booked else arrived_at,
                not is_booked or arrival_date >= today - EXPECTED_FOR,
            )
        )
    return upcoming


def _first(upcoming: Sequence[_Coming], said_at: datetime) -> int | None:
    after = [coming for coming in upcoming if coming.is_after(said_at)]
    expected = [coming for coming in after if coming.is_expected]
    return next((coming.pk for coming in expected or after), None)


def _due_on(preference: Preference, upcoming: Sequence[_Coming]) -> list[int]:
    if preference.lasts == Preference.Lasts.ALWAYS:
        return [coming.pk for coming in upcoming]
    first = _first(upcoming, preference.noted_at)
    return [] if first is None else [first]
