"""Allergies and other health needs: sealed, seen by few, kept no longer than needed.

A need belongs to one visit and goes 14 days after it, or to the guest as long as their
yes to being remembered holds. Only ``looked_at`` opens what is sealed for a person of
the house, and writes down that they looked; the guest's own copy is the other reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.core.encryption import CannotUnseal, seal, unseal
from crm.tenancy.models import Venue
from customers.holding import hold_guest
from customers.models import Agreement, ConsentEvent, Guest, HealthNeed, Visit
from customers.profile.agreements import Wording, agreed, record_agreement

KEEP_AFTER_VISIT = timedelta(days=14)
# Nobody overstays so long: the departure was forgotten.
LONGEST_OVERSTAY = timedelta(days=60)

HEALTH = Agreement.Subject.HEALTH
State = Visit.State


class NotAgreed(Exception):
    """The guest has not said yes to being remembered."""


@dataclass(frozen=True, slots=True)
class Need:
    """A need that was opened. ``words`` are None when no key opens it any more."""

    need: HealthNeed
    words: str | None


@transaction.atomic
def note_need(
    guest: Guest,
    words: str,
    *,
    visit: Visit | None,
    says_yes_to: Wording | None = None,
    uuid: UUID | None = None,
    actor: User,
    now: datetime,
) -> HealthNeed:
    """Seal what the guest needs, for ``visit`` or, without one, for next time too.

    To be remembered needs a yes: one that holds, or the sentence they just said yes to.
    With the same ``uuid`` again, return the need there is. Raise NotAgreed, or
    GuestIsForgotten.
    """
    hold_guest(guest)
    uuid = uuid or uuid4()
    if there := guest.health_needs.filter(uuid=uuid).first():
        return there
    agreement = None if visit else _agreement(guest, says_yes_to, actor=actor, now=now)
    need = HealthNeed.objects.create(
        business=guest.business,
        guest=guest,
        uuid=uuid,
        visit=visit,
        sealed=seal(words),
        agreement=agreement,
        noted_by=actor,
        noted_at=now,
    )
    _record(guest, "amended", actor=actor, now=now)
    return need


def _agreement(
    guest: Guest, wording: Wording | None, *, actor: User, now: datetime
) -> Agreement:
    if holding := agreed(guest, HEALTH):
        return holding
    if wording is None:
        raise NotAgreed
    return record_agreement(
        guest,
        subject=HEALTH,
        is_granted=True,
        wording=wording.text,
        language=wording.language,
        source=ConsentEvent.Source.DESK,
        actor=actor,
        now=now,
    )


@transaction.atomic
def looked_at(
    guest: Guest, needs: QuerySet[HealthNeed], *, actor: User, now: datetime
) -> list[Need]:
    """Open needs of the guest for a person, and write down that they looked."""
    _record(guest, "looked_at_needs", actor=actor, now=now)
    rows = needs.filter(guest=guest).select_related(
        "visit__venue", "agreement", "noted_by"
    )
    return [Need(row, _words(row)) for row in rows.order_by("noted_at", "pk")]


@transaction.atomic
def remove_need(need: HealthNeed, *, actor: User, now: datetime) -> None:
    """Delete a need for good: nothing of it is kept to bring it back."""
    deleted, _rows = HealthNeed.objects.filter(pk=need.pk).delete()
    if deleted:
        _record(need.guest, "amended", actor=actor, now=now)


def needs_seen(guest: Guest, venue_ids: Sequence[int]) -> QuerySet[HealthNeed]:
    """Return needs for people of these venues; none named means all of the guest's."""
    return guest.health_needs.filter(is_for_people_of(venue_ids))


def is_for_people_of(venue_ids: Sequence[int]) -> Q:
    """Return the condition on needs that people of these venues see; none means all."""
    return Q(visit=None) | Q(visit__venue__in=venue_ids) if venue_ids else Q()


def needs_for(visit: Visit) -> QuerySet[HealthNeed]:
    """Return what to heed on a visit: its own needs and those that are remembered."""
    return HealthNeed.objects.filter(Q(visit=visit) | Q(visit=None), guest=visit.guest)


def visits_with_needs(visits: Iterable[Visit]) -> set[int]:
    """Return the visits on which there is something to heed, by id. One query."""
    visits = list(visits)
    found = HealthNeed.objects.filter(guest__in={visit.guest_id for visit in visits})
    pairs = set(found.values_list("guest", "visit"))
    return {
        visit.pk
        for visit in visits
        if {(visit.guest_id, visit.pk), (visit.guest_id, None)} & pairs
    }


def let_go_of_needs(guest: Guest, _actor: User | None, _now: datetime) -> None:
    """Delete what was remembered on a yes that is taken back."""
    guest.health_needs.exclude(agreement=None).delete()


def forget_old_needs(*, now: datetime) -> int:
    """Delete needs whose time is over, and return how many went."""
    zones = Venue.objects.order_by().values_list("time_zone", flat=True).distinct()
    gone = sum(_forget_of_old_visits(zone, now=now) for zone in zones)
    # Nothing is remembered on a yes that no longer holds, however it ended.
    newest = Agreement.objects.filter(guest=OuterRef("guest"), subject=HEALTH).order_by(
        "-at", "-pk"
    )
    kept = HealthNeed.objects.exclude(agreement=None).annotate(
        holds=Subquery(newest.values("is_granted")[:1])
    )
    return gone + kept.exclude(holds=True).delete()[0]


def _forget_of_old_visits(time_zone: str, *, now: datetime) -> int:
    last_day = local_date(now, time_zone) - KEEP_AFTER_VISIT
    called_off = Q(
        visit__state__in=(State.CANCELLED, State.NO_SHOW),
        visit__closed_at__lte=now - KEEP_AFTER_VISIT,
    )
    # Who is still in the house stayed longer than was written down.
    over = Q(visit__departure_date__lte=last_day) & ~Q(visit__state=State.IN_HOUSE)
    forgotten = Q(visit__departure_date__lte=last_day - LONGEST_OVERSTAY)
    needs = HealthNeed.objects.filter(
        over | forgotten | called_off,
        agreement=None,
        visit__venue__time_zone=time_zone,
    )
    return needs.delete()[0]


def say_sealed(sealed: bytes) -> str:
    """Return the words for the guest's own copy, or a sentence when no key opens it."""
    try:
        return unseal(sealed)
    except CannotUnseal:
        return _("We can no longer read this.")


def _words(need: HealthNeed) -> str | None:
    try:
        return unseal(need.sealed)
    except CannotUnseal:
        return None


def _record(guest: Guest, action: str, *, actor: User, now: datetime) -> None:
    record_event(
        business=guest.business,
        actor=actor,
        action=action,
        subject=guest,
        fields=["health_needs"] if action == "amended" else [],
        now=now,
    )
