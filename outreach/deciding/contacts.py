"""Load what guests have heard and what waits for them, for many in one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from crm.tenancy.models import Business
from outreach.deciding.budget import Budget
from outreach.deciding.decision import Reason
from outreach.models import ContactBudget, Message

Status = Message.Status

# What is about the visit itself neither counts nor waits.
LIMITED = frozenset({Message.Kind.SURVEY.value, Message.Kind.MARKETING.value})
CAMPAIGN_RANK = 80
RANK_OF_OTHERS = 50

_FIRST = datetime.min.replace(tzinfo=UTC)
# Who is not in line yet comes after all who are.
_LAST = datetime.max.replace(tzinfo=UTC)
# It went, or may have gone.
_HEARD = (Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, Status.UNCONFIRMED)
_WAITS = (Status.QUEUED, Status.CLAIMED)
# What waits for people, and nobody knows how long, keeps nothing else waiting.
_STUCK = (Reason.NO_ACCOUNT.value, Reason.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Contact:
    """One message in the budget of a guest."""

    pk: int
    is_heard: bool
    at: datetime
    rank: int

    @property
    def place(self) -> tuple[int, datetime, int]:
        """Return who goes first: the lower."""
        return self.rank, self.at, self.pk


Contacts = dict[tuple[int, str], list[Contact]]


def budget_of(business: Business) -> ContactBudget:
    """Return what a house chose, or what a new house begins with."""
    try:
        return business.contact_budget
    except ContactBudget.DoesNotExist:
        return ContactBudget(business=business)


def rank_of(message: Message) -> int:
    """Return who goes first where a guest may hear only so much: 1 is first."""
    return _rank(
        message.automation.rank if message.automation else None, message.campaign_id
    )


def contacts_of(
    guest_ids: Iterable[int],
    kinds: Iterable[str],
    *,
    since: datetime = _FIRST,
) -> Contacts:
    """Return what guests heard since, and what waits, by guest and kind. One query."""
    rows = (
        Message.objects.filter(
            guest__in=set(guest_ids), kind__in=set(kinds) & LIMITED, is_letter=False
        )
        .filter(
            Q(status__in=_WAITS) & ~Q(reason__in=_STUCK)
            | Q(status__in=_HEARD) & (Q(accepted_at=None) | Q(accepted_at__gte=since))
        )
        .values_list(
            "guest_id",
            "kind",
            "pk",
            "status",
            "send_at",
            Coalesce("accepted_at", "unknown_since", "updated_at"),
            "automation__rank",
            "campaign_id",
        )
    )
    contacts: Contacts = defaultdict(list)
    for guest_id, kind, pk, status, send_at, heard_at, rank, campaign_id in rows:
        is_heard = status in _HEARD
        contacts[guest_id, kind].append(
            Contact(
                pk,
                is_heard,
                heard_at if is_heard else send_at,
                _rank(rank, campaign_id),
            )
        )
    return contacts


def budgets_of(rows: Iterable[Message]) -> dict[int, Budget]:
    """Return the budget of each message that has one, by primary key. One query.

    Who sends once more by hand has chosen, and does not wait.
    """
    limited = [row for row in rows if _is_limited(row)]
    if not limited:
        return {}
    longest = max(
        within
        for row in limited
        for _most, within in [limit_of(row.business, row.kind)]
    )
    contacts = contacts_of(
        {row.guest_id for row in limited if row.guest_id},
        {row.kind for row in limited},
        since=min(row.send_at for row in limited) - longest,
    )
    return {
        row.pk: _budget(
            limit_of(row.business, row.kind),
            [one for one in contacts[row.guest_id or 0, row.kind] if one.pk != row.pk],
            before=(rank_of(row), row.send_at, row.pk),
        )
        for row in limited
    }


def budget_for_new(
    business: Business, kind: str, contacts: list[Contact], *, rank: int
) -> Budget | None:
    """Return the budget of a message that does not exist yet; None without a limit."""
    if kind not in LIMITED:
        return None
    return _budget(limit_of(business, kind), contacts, before=(rank, _LAST, 0))


def limit_of(business: Business, kind: str) -> tuple[int, timedelta]:
    """Return how many messages of a limited kind a guest may get, and in what time."""
    chosen = budget_of(business)
    if kind == Message.Kind.SURVEY:
        return 1, timedelta(days=chosen.survey_days)
    return chosen.marketing_contacts, timedelta(days=chosen.marketing_days)


def _is_limited(row: Message) -> bool:
    return (
        row.kind in LIMITED
        and row.guest_id is not None
        and not row.is_letter
        and row.resend_of_id is None
    )


def _rank(rank: int | None, campaign_id: int | None) -> int:
    if rank is not None:
        return rank
    return CAMPAIGN_RANK if campaign_id else RANK_OF_OTHERS


def _budget(
    limit: tuple[int, timedelta],
    contacts: list[Contact],
    *,
    before: tuple[int, datetime, int],
) -> Budget:
    most, within = limit
    return Budget(
        most=most,
        within=within,
        heard=tuple(one.at for one in contacts if one.is_heard),
        ahead=tuple(
            one.at for one in contacts if not one.is_heard and one.place < before
        ),
    )
