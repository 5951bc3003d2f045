"""Stop an account, and let it go on: by hand, or when the provider or guests object."""

from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from outreach.accounts.alerts import end_trouble, note_trouble
from outreach.models import Alert, ProviderAccount

Pause = ProviderAccount.Pause

# What no message gets through; the others only hold back what guests did not ask for.
_STOPS_ALL = frozenset({Pause.LOGIN, Pause.EMPTY, Pause.SENDER})


@transaction.atomic
def pause(
    account: ProviderAccount, reason: str, *, now: datetime, actor: User | None = None
) -> bool:
    """Pause ``account``; return False when it is paused for as much already.

    Who watches over the house is told, once per pause.
    """
    pauses_all = reason in _STOPS_ALL
    open_rows = ProviderAccount.objects.filter(pk=account.pk)
    if pauses_all:
        open_rows = open_rows.exclude(paused_at__isnull=False, pauses_all=True)
    else:
        open_rows = open_rows.filter(paused_at=None)
    changed = open_rows.update(
        paused_at=now, pause_reason=reason, pauses_all=pauses_all
    )
    if not changed:
        return False
    # A harder reason takes the place of a softer one, and is told of too.
    end_trouble(account, Alert.Kind.PAUSED, now=now)
    note_trouble(account, Alert.Kind.PAUSED, reason=reason, now=now)
    record_event(
        business=account.business,
        actor=actor,
        action="paused",
        subject=account,
        now=now,
    )
    return True


@transaction.atomic
def resume(account: ProviderAccount, *, actor: User, now: datetime) -> bool:
    """Let ``account`` send again; what went wrong before counts no more."""
    changed = ProviderAccount.objects.filter(
        pk=account.pk, paused_at__isnull=False
    ).update(
        paused_at=None,
        pause_reason="",
        pauses_all=False,
        resumed_at=now,
    )
    if changed:
        end_trouble(account, Alert.Kind.PAUSED, now=now)
        record_event(
            business=account.business,
            actor=actor,
            action="resumed",
            subject=account,
            now=now,
        )
    return bool(changed)
