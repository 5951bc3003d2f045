"""Addresses that are left alone, by fingerprint. They outlive the guest."""

from collections.abc import Iterable
from datetime import datetime

from crm.tenancy.models import Business
from customers.models import Suppression

Scope = Suppression.Scope


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


def lift(
    *, business: Business, channel: str, fingerprint: bytes, scope: str, now: datetime
) -> bool:
    """Write to an address again, because the guest asked for it.

    Return whether the guest had closed it. What bounced or complained stays closed.
    """
    lifted = business.suppressions.filter(
        channel=channel,
        address_hash=fingerprint,
        scope=scope,
        reason=Suppression.Reason.UNSUBSCRIBED,
        lifted_at=None,
    ).update(lifted_at=now)
    return bool(lifted)


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
