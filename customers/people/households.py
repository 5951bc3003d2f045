"""Guests who live together: a couple, a family. Each is in one household at most."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.holding import GuestIsForgotten
from customers.models import Guest, Household, known


class CannotLiveTogether(Exception):
    """It is one and the same guest, or another house's."""


def companions_of(guest: Guest) -> QuerySet[Guest]:
    """Return the others of the guest's household, by name."""
    if guest.household_id is None:
        return Guest.objects.none()
    return (
        guest.business.guests.filter(known(), household=guest.household_id)
        .exclude(pk=guest.pk)
        .order_by("name_sort_key", "pk")
    )


@transaction.atomic
def move_in(
    newcomer: Guest, *, to: Guest, actor: User | None, now: datetime
) -> Guest | None:
    """Let ``newcomer`` live with ``to``, and return somebody they lived with before.

    Nobody else moves; doing so again changes nothing. Raise GuestIsForgotten when one of
    them is not there any more, or CannotLiveTogether.
    """
    if newcomer.pk == to.pk or newcomer.business_id != to.business_id:
        raise CannotLiveTogether(_("That is the same guest."))
    held = _hold([newcomer, to])
    newcomer, to = held[newcomer.pk], held[to.pk]
    if newcomer.household_id and newcomer.household_id == to.household_id:
        return None
    before = companions_of(newcomer).first()
    left = newcomer.household
    if to.household is None:
        to.household = Household.objects.create(business=to.business, created_at=now)
        _set_household(to, to.household, actor=actor, now=now)
    _set_household(newcomer, to.household, actor=actor, now=now)
    leave_nobody_alone(left)
    return before


@transaction.atomic
def move_out(guest: Guest, *, actor: User | None, now: datetime) -> Guest | None:
    """Take the guest out of their household, and return one of those they lived with.

    Raise GuestIsForgotten when they are not there any more.
    """
    guest = _hold([guest])[guest.pk]
    left, before = guest.household, companions_of(guest).first()
    if left:
        _set_household(guest, None, actor=actor, now=now)
        leave_nobody_alone(left)
    return before


def leave_nobody_alone(household: Household | None) -> None:
    """Remove a household that fewer than two are left of."""
    if household and household.guests.count() < 2:
        # Who was left stays as they are, without it.
        household.delete()


def _hold(guests: Iterable[Guest]) -> dict[int, Guest]:
    # In one order, so that two who do so cannot wait for each other.
    ids = sorted(guest.pk for guest in guests)
    found = {
        guest.pk: guest
        for guest in Guest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("household", "business")
        .filter(known(), pk__in=ids)
        .order_by("pk")
    }
    if len(found) < len(ids):
        raise GuestIsForgotten(_("This guest has been forgotten meanwhile."))
    return found


def _set_household(
    guest: Guest, household: Household | None, *, actor: User | None, now: datetime
) -> None:
    guest.household, guest.updated_at = household, now
    guest.save(update_fields=["household", "updated_at"])
    record_event(
        business=guest.business,
        actor=actor,
        action="amended",
        subject=guest,
        fields=["household"],
        now=now,
    )
