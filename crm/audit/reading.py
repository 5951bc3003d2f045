"""The log in words. What is asked of it stands in ``crm/audit/asking.py``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.models import Event
from crm.audit.subjects import (
    called_by_reference,
    confided_actions,
    field_name,
    may_read_confided,
    page_of,
    subject_name,
)
from crm.tenancy.models import Business, Staff

# Past tense, because that is what the rows are called; here as people say it.
ACTIONS: dict[str, str | Promise] = {
    "accepted": _("Came in by invitation"),
    "amended": _("Changed"),
    "archived": _("Hid"),
    "asked_for_details": _("Asked to look through their details"),
    "booked": _("Set back to booked"),
    "brought_back": _("Brought back"),
    "cancelled": _("Cancelled"),
    "closed": _("Closed"),
    "completed": _("Departed"),
    "confirmed": _("Made sure of"),
    "consent_granted": _("Noted a yes"),
    "consent_withdrawn": _("Noted a no"),
    "copied": _("Made a copy of everything"),
    "created": _("Created"),
    "declined": _("Noted that they do not want to say"),
    "ended": _("Ended"),
    "erased": _("Forgot"),
    "exported": _("Made a file of"),
    "given": _("Gave to many"),
    "imported": _("Brought in"),
    "in_house": _("Arrived"),
    "invited": _("Invited"),
    "kept": pgettext_lazy("an act in the log", "Kept"),
    "looked_at_needs": _("Looked at health needs"),
    "merged": _("Made one with another"),
    "next_visit_noted": _("Noted about coming again"),
    "next_visit_taken_back": _("Took back about coming again"),
    "no_show": _("Did not come"),
    "not_kept": _("Not kept"),
    "parted": _("Made two again"),
    "paused": _("Paused"),
    "pinned": _("Put on top"),
    "refused_change": _("Said that a change was not theirs"),
    "removed": _("Removed"),
    "reopened": _("Opened again"),
    "resumed": _("Took up again"),
    "revoked": _("Took back"),
    "saved": _("Saved"),
    "scheduled": _("Planned"),
    "sent_again": _("Sent again"),
    "signed_up": _("Signed up"),
    "started": _("Began"),
    "switched_off": _("Switched off"),
    "switched_on": _("Switched on"),
    "taken": _("Took from many"),
    "tested": _("Tried out"),
    "told_apart": _("Told apart from another"),
    "unpinned": _("Took from the top"),
    "viewed": _("Looked at"),
}


def actions_for(reader: Staff) -> dict[str, str | Promise]:
    """Return the acts whose lines this person may read."""
    if may_read_confided(reader):
        return ACTIONS
    hidden = confided_actions()
    return {action: words for action, words in ACTIONS.items() if action not in hidden}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event as it is shown. ``who`` is empty when the product did it, ``called``
    when the thing has no name or is gone.
    """

    at: datetime
    who: str
    action: str
    subject: str
    called: str
    url: str
    fields: list[str]


def in_words(business: Business, events: Sequence[Event]) -> list[LogLine]:
    """Return events in the reader's language, in a fixed number of queries."""
    called = called_by_reference(
        business, {(event.object_type, event.object_ref) for event in events}
    )
    return [
        LogLine(
            at=event.at,
            who=_who(event),
            action=str(ACTIONS.get(event.action, event.action.replace("_", " "))),
            subject=subject_name(event.object_type),
            called=(name := called.get((event.object_type, event.object_ref), "")),
            url=page_of(business, event.object_type, event.object_ref) if name else "",
            fields=[field_name(event.object_type, field) for field in event.fields],
        )
        for event in events
    ]


def _who(event: Event) -> str:
    if event.actor_id is None:
        return ""
    # The person may have been deleted since; their number is all that is left.
    return str(event.actor or _("somebody who is gone"))
