"""What became of a campaign, and which of its two subjects brought more guests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.statistics import Interval, Share, share_change
from customers.models import Visit
from outreach.models import Campaign, Message

# Fewer guests than this in a half say nothing, whatever they did.
_TOO_FEW = 30


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many messages stand somewhere. ``state`` is what the list is filtered by."""

    state: str
    words: str
    count: int


def states_of(campaign: Campaign) -> list[StateCount]:
    """Return how many of its messages stand where, in the order of a message's life."""
    counted = dict(
        campaign.messages.order_by().values_list("status").annotate(count=Count("pk"))
    )
    return [
        StateCount(status.value, str(status.label), counted[status])
        for status in Message.Status
        if status in counted
    ]


def progress_of(states: list[StateCount]) -> tuple[int, int]:
    """Return how many messages are done with, of how many."""
    done = sum(one.count for one in states if one.state in Message.FINAL_STATUSES)
    return done, sum(one.count for one in states)


@dataclass(frozen=True, slots=True)
class Half:
    """The guests who got one of the subjects long enough ago to have come."""

    letter: str
    sent: int
    share: Share


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both halves, and what may honestly be said about them."""

    a: Half
    b: Half

    @property
    def change(self) -> Interval | None:
        """Return the interval around B minus A, Newcombe's; None if one is empty."""
        return share_change(self.a.share, self.b.share)

    @property
    def verdict(self) -> str:
        change = self.change
        if change is None or min(self.a.share.total, self.b.share.total) < _TOO_FEW:
            return _("Not shown yet: too few guests have had their time to come.")
        if not change.is_clear:
            return _(
                "Not shown yet: the difference is between %(low)s and %(high)s points."
            ) % _points(change)
        words = (
            _("B brought more guests: between %(low)s and %(high)s points more.")
            if change.low > 0
            else _("A brought more guests: B is between %(low)s and %(high)s points.")
        )
        return words % _points(change)


def compare(campaign: Campaign, *, now: datetime) -> Comparison | None:
    """Return how the halves did; None for a campaign with one subject.

    Only guests whose days to come are over count, each by whether a visit of theirs
    that was completed began in those days.
    """
    if not any(campaign.subjects_b.values()):
        return None
    return Comparison(_half(campaign, "a", now), _half(campaign, "b", now))


def days_words(campaign: Campaign) -> str:
    days = campaign.goal_days
    return ngettext(
        "A visit counts that begins within %(days)s day of the message.",
        "A visit counts that begins within %(days)s days of the message.",
        days,
    ) % {"days": days}


def _half(campaign: Campaign, letter: str, now: datetime) -> Half:
    within = timedelta(days=campaign.goal_days)
    zone = ZoneInfo(campaign.business.time_zone)
    until = ExpressionWrapper(F("accepted_at") + within, output_field=DateTimeField())
    sent = campaign.messages.filter(variant=letter, status=Message.Status.ACCEPTED)
    ripe = sent.filter(accepted_at__lte=now - within).annotate(
        sent_on=TruncDate("accepted_at", tzinfo=zone),
        last_on=TruncDate(until, tzinfo=zone),
    )
    came = ripe.filter(Exists(_visits_after())).count()
    return Half(letter, sent.count(), Share(came, ripe.count()))


def _visits_after() -> QuerySet[Visit]:
    return Visit.objects.filter(
        guest=OuterRef("guest"),
        state=Visit.State.COMPLETED,
        arrival_date__gt=OuterRef("sent_on"),
        arrival_date__lte=OuterRef("last_on"),
    )


def _points(change: Interval) -> dict[str, str]:
    return {
        "low": f"{100 * change.low:+.1f}".replace("-", "−"),
        "high": f"{100 * change.high:+.1f}".replace("-", "−"),
    }
