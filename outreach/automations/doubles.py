"""Two guests become one: what waits for both is sent once."""

from datetime import date

from django.db.models.functions import Now

from customers.models import Guest
from outreach.deciding.decision import Reason
from outreach.models import Message

Status = Message.Status

# What goes, is going or went; a double of it is one too many.
_GOES = (
    Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.ACCEPTED, Status.UNKNOWN,
    Status.UNCONFIRMED,
)  # fmt: skip

# Of which automation, for which day.
Sameness = tuple[int | None, date | None]


def call_off_doubles(guest: Guest) -> int:
    """Call off what waits though the guest gets the same for the same day already."""
    met: set[Sameness] = set()
    doubles = []
    for message in _of_automations(guest, _GOES):
        same = _same(message)
        if same in met and message.status == Status.QUEUED:
            doubles.append(message.pk)
        met.add(same)
    # One that a worker has taken meanwhile goes.
    return Message.objects.filter(pk__in=doubles, status=Status.QUEUED).update(
        status=Status.CANCELLED, reason=Reason.DOUBLE, updated_at=Now()
    )


def let_doubles_wait(guest: Guest) -> int:
    """Let what was called off as a double wait again, where it is none any more."""
    goes = {_same(message) for message in _of_automations(guest, _GOES)}
    again = []
    for message in _of_automations(guest, (Status.CANCELLED,)):
        if message.reason == Reason.DOUBLE and _same(message) not in goes:
            goes.add(_same(message))
            again.append(message.pk)
    return Message.objects.filter(pk__in=again, status=Status.CANCELLED).update(
        status=Status.QUEUED, reason="", updated_at=Now()
    )


def _of_automations(guest: Guest, statuses: tuple[str, ...]) -> list[Message]:
    """Return messages by themselves, those that are on their way or went first."""
    rows = guest.messages.filter(
        status__in=statuses, automation__isnull=False, local_date__isnull=False
    )
    return sorted(
        rows, key=lambda one: (one.status == Status.QUEUED, one.send_at, one.pk)
    )


def _same(message: Message) -> Sameness:
    return message.automation_id, message.local_date
