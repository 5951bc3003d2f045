"""The hours that a house keeps for what it sends, by channel and purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from customers.models import Channel, Purpose
from outreach.automations.rescheduling import ask_anew
from outreach.deciding.hours import Hours, ready_hours
from outreach.models import Message, SendingHours


@dataclass(frozen=True, slots=True)
class KeptHours:
    """``row`` says when messages of ``purpose`` go on ``channel``.

    It is saved only where the house chose other hours than we suggest.
    """

    channel: str
    purpose: str
    row: SendingHours

    @property
    def purpose_label(self) -> str:
        return str(Message.Kind(self.purpose).label)

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def is_own(self) -> bool:
        return self.row.pk is not None

    @property
    def is_always(self) -> bool:
        return self.row.opens == self.row.closes == time(0)

    @property
    def suggested(self) -> Hours:
        return ready_hours(self.channel, self.purpose)

    @property
    def is_as_suggested(self) -> bool:
        return self.suggested == Hours(
            self.row.opens, self.row.closes, self.row.on_sundays, self.row.on_holidays
        )


def kept_hours(business: Business) -> list[KeptHours]:
    """Return the hours for every channel and purpose. One query."""
    chosen = {(row.channel, row.purpose): row for row in business.sending_hours.all()}
    return [
        KeptHours(
            channel,
            purpose,
            chosen.get((channel, purpose)) or _suggested(business, channel, purpose),
        )
        for channel in Channel.values
        for purpose in Purpose.values
    ]


def by_purpose(hours: Iterable[KeptHours]) -> list[tuple[str, list[KeptHours]]]:
    """Return the hours of each purpose, by its label, on every channel."""
    known = list(hours)
    return [
        (
            str(Message.Kind(purpose.value).label),
            [one for one in known if one.purpose == purpose],
        )
        for purpose in Purpose
    ]


@transaction.atomic
def keep_hours(
    business: Business, hours: Iterable[KeptHours], *, actor: User, now: datetime
) -> None:
    """Keep ``hours`` in place of what the house chose before for the same."""
    for one in hours:
        if one.is_as_suggested:
            _forget(one, actor=actor, now=now)
        else:
            _keep(business, one, actor=actor, now=now)
        # What waits for the old hours may go by the new ones.
        ask_anew(business, channel=one.channel, purpose=one.purpose)


def _keep(business: Business, one: KeptHours, *, actor: User, now: datetime) -> None:
    row, is_new = SendingHours.objects.update_or_create(
        business=business,
        channel=one.channel,
        purpose=one.purpose,
        defaults={
            "opens": one.row.opens,
            "closes": one.row.closes,
            "on_sundays": one.row.on_sundays,
            "on_holidays": one.row.on_holidays,
        },
    )
    _record(row, "created" if is_new else "amended", actor=actor, now=now)


def _suggested(business: Business, channel: str, purpose: str) -> SendingHours:
    ready = ready_hours(channel, purpose)
    return SendingHours(
        business=business,
        channel=channel,
        purpose=purpose,
        opens=ready.opens,
        closes=ready.closes,
        on_sundays=ready.on_sundays,
        on_holidays=ready.on_holidays,
    )


def _forget(one: KeptHours, *, actor: User, now: datetime) -> None:
    if one.row.pk is not None:
        _record(one.row, "removed", actor=actor, now=now)
        SendingHours.objects.filter(pk=one.row.pk).delete()


def _record(row: SendingHours, action: str, *, actor: User, now: datetime) -> None:
    record_event(
        business=row.business, actor=actor, action=action, subject=row, now=now
    )
