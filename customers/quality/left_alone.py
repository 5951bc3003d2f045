"""Which addresses of a house are left alone, and which of them nothing arrives at.

An address that is left alone is known by its fingerprint, which no query can make of
an address; so all of the house's are gone through. Without any such fingerprint,
nothing is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from crm.core.signing import address_hash
from crm.tenancy.models import Business
from customers.models import Channel, ContactPoint, Suppression

Reason = Suppression.Reason

# Addresses are read in chunks, so that a million of them need little memory.
CHUNK = 5_000
_KIND_OF = {
    Channel.EMAIL.value: ContactPoint.Kind.EMAIL,
    Channel.SMS.value: ContactPoint.Kind.PHONE,
}


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Contact points by primary key: those that bounced, and the closed ones by scope."""

    bounced: list[int] = field(default_factory=list)
    closed: dict[str, list[int]] = field(default_factory=dict)


def left_alone(business: Business, channel: str) -> LeftAlone:
    """Return which addresses of one channel are left alone."""
    scopes: dict[bytes, set[str]] = defaultdict(set)
    bounced: set[bytes] = set()
    rows = business.suppressions.filter(channel=channel, lifted_at=None)
    for fingerprint, scope, reason in rows.values_list(
        "address_hash", "scope", "reason"
    ):
        scopes[bytes(fingerprint)].add(scope)
        if reason == Reason.BOUNCED:
            bounced.add(bytes(fingerprint))
    found = LeftAlone(closed=defaultdict(list))
    if not scopes:
        return found
    points = business.contact_points.filter(kind=_KIND_OF[channel])
    for pk, normalized in points.values_list("pk", "normalized").iterator(CHUNK):
        fingerprint = address_hash(channel, normalized)
        for scope in scopes.get(fingerprint, ()):
            found.closed[scope].append(pk)
        if fingerprint in bounced:
            found.bounced.append(pk)
    return found


def bounced_among(business: Business, points: Iterable[ContactPoint]) -> set[int]:
    """Return those of a few contact points that nothing arrives at. One query."""
    by_fingerprint = {point.fingerprint: point.pk for point in points}
    if not by_fingerprint:
        return set()
    rows = business.suppressions.filter(
        address_hash__in=list(by_fingerprint), reason=Reason.BOUNCED, lifted_at=None
    )
    fingerprints = rows.values_list("address_hash", flat=True)
    return {by_fingerprint[bytes(fingerprint)] for fingerprint in fingerprints}


def mark_bounced(business: Business, bounced: Iterable[int], *, now: datetime) -> None:
    """Keep on the contact points what a list can be narrowed by. Two queries."""
    points = business.contact_points.filter(kind=ContactPoint.Kind.EMAIL)
    ids = list(bounced)
    points.filter(bounced_at__isnull=False).exclude(pk__in=ids).update(bounced_at=None)
    points.filter(pk__in=ids, bounced_at=None).update(bounced_at=now)
