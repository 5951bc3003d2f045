"""All that happened to one message, newest first, for its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.models import Attempt, DeliveryEvent, Message

Outcome = Attempt.Outcome
Kind = DeliveryEvent.Kind

_TONES = {
    Outcome.ACCEPTED: "leaf",
    Outcome.REJECTED: "brick",
    Outcome.THROTTLED: "brass",
    Outcome.NOT_SENT: "brass",
    Outcome.UNKNOWN: "brass",
    Kind.DELIVERED: "leaf",
    Kind.DEFERRED: "brass",
    Kind.BOUNCED: "brick",
    Kind.FAILED: "brick",
    Kind.COMPLAINED: "brick",
    Kind.UNSUBSCRIBED: "brass",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, in words; ``tone`` colours its dot."""

    at: datetime
    words: str
    tone: str = "quiet"
    note: str = ""


def story_of(message: Message) -> list[Happening]:
    """Return the story of a message whose attempts and events are prefetched."""
    parts = [*_beginning(message), *_tries(message), *_doubts(message)]
    parts += [*_reports(message), *_ends(message)]
    # Of one instant, what is named later in here came later.
    return sorted(parts, key=lambda part: part.at)[::-1]


def _beginning(message: Message) -> Iterator[Happening]:
    if message.resend_of:
        yield Happening(message.created_at, _("Asked for once more by a person"))
    else:
        yield Happening(message.created_at, _("Planned"))


def _tries(message: Message) -> Iterator[Happening]:
    said = {
        Outcome.STARTED: _("Handed over, no answer yet"),
        Outcome.ACCEPTED: _("Taken"),
        Outcome.REJECTED: _("Refused"),
        Outcome.THROTTLED: _("Asked to come back later"),
        Outcome.NOT_SENT: _("Nobody there to take it"),
        Outcome.UNKNOWN: _("Handed over, without a clear answer"),
    }
    tries = sorted(message.attempts.all(), key=lambda attempt: attempt.number)
    for attempt in tries:
        note = _("Try %(number)s") % {"number": attempt.number}
        yield Happening(
            attempt.finished_at or attempt.started_at,
            said[Outcome(attempt.outcome)],
            _TONES.get(Outcome(attempt.outcome), "quiet"),
            note if len(tries) > 1 else "",
        )


def _doubts(message: Message) -> Iterator[Happening]:
    if message.looked_for_at:
        count = message.missing_count
        found = ngettext(
            "It was not among what it has, %(count)s time.",
            "It was not among what it has, %(count)s times.",
            count,
        ) % {"count": count}
        yield Happening(
            message.looked_for_at,
            _("Asked the provider whether it has it"),
            "brass",
            found if count else "",
        )


def _reports(message: Message) -> Iterator[Happening]:
    said = {
        Kind.SENT: _("Passed on by the provider"),
        Kind.DEFERRED: _("Delayed, the provider keeps trying"),
        Kind.DELIVERED: _("Arrived"),
        Kind.BOUNCED: _("Came back: the address does not work"),
        Kind.FAILED: _("Could not be delivered"),
        Kind.COMPLAINED: _("Called spam by the guest"),
        Kind.UNSUBSCRIBED: _("The guest asked to stop"),
    }
    for event in sorted(message.delivery_events.all(), key=lambda event: event.pk):
        kind = Kind(event.kind)
        yield Happening(event.at, said[kind], _TONES.get(kind, "quiet"))


def _ends(message: Message) -> Iterator[Happening]:
    for answer in message.answered_by.all():
        words = _("Answered by itself") if answer.is_automatic else _("Answered")
        tone = "quiet" if answer.is_automatic else "leaf"
        yield Happening(answer.received_at, words, tone)
    again = getattr(message, "resent_as", None)
    if again:
        yield Happening(again.created_at, _("Sent again by a person"))
    if message.purged_at:
        yield Happening(message.purged_at, _("The words were let go of"))
