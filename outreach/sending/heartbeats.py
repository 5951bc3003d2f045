"""Know when the regular work last ran, so that silence can be noticed."""

from datetime import datetime, timedelta

from outreach.models import Heartbeat

SENDING = "sending"
# Ticks come every fifteen seconds.
TOO_QUIET = timedelta(minutes=3)


def note_heartbeat(name: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"last_at": now})


def minutes_of_silence(name: str, *, now: datetime) -> int | None:
    """Return for how many whole minutes too long nothing was heard; None when all is
    well. Nothing ever heard counts from nowhere and is 0.
    """
    last_at = Heartbeat.objects.filter(name=name).values_list("last_at", flat=True)
    heard = last_at.first()
    if heard is None:
        return 0
    silence = now - heard
    return int(silence.total_seconds() // 60) if silence > TOO_QUIET else None
