"""Addresses that are left alone, by fingerprint. They outlive the guest."""

from collections.abc import Iterable
from datetime import datetime

from crm.tenancy.models import Business
from customers.models import Purpose, Suppression

Scope, Reason = Suppression.Scope, Suppression.Reason

# What an address itself is left alone about. A visit's own messages follow the guest.
SCOPE_OF: dict[str, str] = {
    Purpose.SURVEY: Scope.SURVEY,
    Purpose.MARKETING: Scope.MARKETING,
}

CLOSED_BY_THE_GUEST = (Reason.UNSUBSCRIBED, Reason.ERASED)


def suppress(
    *,
    business: Business,
    channel: str,
    fingerprint: bytes,
    scope: str,
    reason: str,
    now: datetime,
) -> None:
    """Leave an address alone from now on. Saying so twice changes nothing."""
    Suppression.objects.bulk_create(
        [
            Suppression(
                business=business,
                channel=channel,
                address_hash=fingerprint,
                scope=scope,
                reason=reason,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def reopen(
    *, business: Business, channel: str, fingerprint: bytes, purpose: str, now: datetime
) -> None:
    """Write to an address again about ``purpose``, because its owner asked for it.

    A yes to one thing is none to the rest: what was closed as a whole stays closed for
    everything else. What bounced, complained or was blocked by staff stays closed; who
    was forgotten, came back and says yes is written to again.
    """
    closed = business.suppressions.filter(
        channel=channel,
        address_hash=fingerprint,
        reason__in=CLOSED_BY_THE_GUEST,
        lifted_at=None,
    )
    whole = closed.filter(scope=Scope.ALL).first()
    if whole is not None:
        closed.filter(scope=Scope.ALL).update(lifted_at=now)
        for scope in SCOPE_OF.values():
            suppress(
                business=business,
                channel=channel,
                fingerprint=fingerprint,
                scope=scope,
                reason=whole.reason,
                now=now,
            )
    if scope := SCOPE_OF.get(purpose, ""):
        closed.filter(scope=scope).update(lifted_at=now)


def suppressed_scopes(
    business: Business, *, fingerprints: Iterable[bytes]
) -> dict[bytes, set[str]]:
    """Return the scopes in force by fingerprint; absent means none. One query."""
    scopes: dict[bytes, set[str]] = {}
    rows = business.suppressions.filter(
        address_hash__in=list(fingerprints), lifted_at=None
    ).values_list("address_hash", "scope")
    for fingerprint, scope in rows:
        scopes.setdefault(bytes(fingerprint), set()).add(scope)
    return scopes
