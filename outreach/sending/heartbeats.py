"""Know when the regular work last ran, so that silence can be noticed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.models import Heartbeat


@dataclass(frozen=True, slots=True)
class Loop:
    """Regular work in words, and how long it may be silent."""

    words: Promise
    patience: timedelta


CRITICAL = "critical"
SENDING = "sending"
RECOVERING = "recovering"
PLANNING = "planning"
APPLYING = "applying"
WATCHING = "watching"
CAMPAIGNS = "campaigns"

_SHORT = timedelta(minutes=3)
# Most ticks come every fifteen seconds, planning every five minutes.
LOOPS: Mapping[str, Loop] = {
    CRITICAL: Loop(_("Sends what belongs to a visit"), _SHORT),
    SENDING: Loop(_("Sends questions, news and offers"), _SHORT),
    RECOVERING: Loop(_("Takes up what was interrupted"), _SHORT),
    APPLYING: Loop(_("Reads what providers report"), _SHORT),
    PLANNING: Loop(_("Plans what visits set off"), timedelta(minutes=15)),
    CAMPAIGNS: Loop(_("Starts campaigns at their time"), _SHORT),
    WATCHING: Loop(_("Tells owners when sending stands still"), timedelta(minutes=5)),
}


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a loop last ran; ``last_at`` is None where it never did.

    One that comes rarely may not have had its turn since everything was started, which
    is no silence.
    """

    name: str
    words: Promise
    last_at: datetime | None
    is_silent: bool


def note_heartbeat(name: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"last_at": now})


def pulses(*, now: datetime) -> list[Pulse]:
    """Return every loop with when it last ran, in the order of ``LOOPS``."""
    heard = dict(Heartbeat.objects.values_list("name", "last_at"))
    return [
        Pulse(name, loop.words, heard.get(name), _is_silent(loop, heard.get(name), now))
        for name, loop in LOOPS.items()
    ]


def _is_silent(loop: Loop, last_at: datetime | None, now: datetime) -> bool:
    if last_at is None:
        return loop.patience <= _SHORT
    return now - last_at > loop.patience


def minutes_of_silence(name: str, *, now: datetime) -> int | None:
    """Return for how many whole minutes nothing was heard; None when all is well.

    Nothing ever heard counts from nowhere and is 0.
    """
    last_at = Heartbeat.objects.filter(name=name).values_list("last_at", flat=True)
    heard = last_at.first()
    if heard is None:
        return 0
    silence = now - heard
    return (
        int(silence.total_seconds() // 60) if silence > LOOPS[name].patience else None
    )
