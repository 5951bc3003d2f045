"""Read which hours a house chose for its messages, with the messages themselves."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from crm.tenancy.models import Business
from outreach.deciding.hours import Hours, ready_hours
from outreach.models import Message, SendingHours

_CHOSEN = JSONObject(
    opens="opens",
    closes="closes",
    on_sundays="on_sundays",
    on_holidays="on_holidays",
)


def with_hours(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return ``messages`` with what ``hours_from`` reads. Costs no query of its own."""
    chosen = SendingHours.objects.filter(
        business=OuterRef("business"),
        channel=OuterRef("channel"),
        purpose=OuterRef("kind"),
    )
    return messages.annotate(chosen_hours=chosen.values(json=_CHOSEN))


def hours_from(message: Message) -> Hours:
    """Return the hours of a message that was loaded by ``with_hours``."""
    chosen: Mapping[str, Any] | None = vars(message)["chosen_hours"]
    if chosen is None:
        return ready_hours(message.channel, message.kind)
    return Hours(
        time.fromisoformat(chosen["opens"]),
        time.fromisoformat(chosen["closes"]),
        on_sundays=chosen["on_sundays"],
        on_holidays=chosen["on_holidays"],
    )


def hours_of(business: Business, *, channel: str, kind: str) -> Hours:
    """Return the hours for messages that do not exist yet. One query."""
    chosen = business.sending_hours.filter(channel=channel, purpose=kind).first()
    if chosen is None:
        return ready_hours(channel, kind)
    return Hours(
        chosen.opens,
        chosen.closes,
        on_sundays=chosen.on_sundays,
        on_holidays=chosen.on_holidays,
    )
