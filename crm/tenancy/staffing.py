"""Change what people may do in a business, and let them go."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.tenancy.changes import report_change
from crm.tenancy.models import Business, Staff, Venue


class LastOwner(Exception):
    """A business must keep an owner."""


@transaction.atomic
def change_staff(
    staff: Staff,
    *,
    role: str,
    venues: Iterable[Venue],
    may_see_health_needs: bool,
    actor: User,
    now: datetime,
) -> list[str]:
    """Give a person this role, these venues and the grant to see health needs or not.

    Return the names of what changed. Raise LastOwner when nobody would be left who may
    do everything.
    """
    staff = _locked(staff)
    changed = []
    if role != staff.role:
        _check_an_owner_stays(staff, role)
        staff.role = role
        staff.save(update_fields=["role"])
        changed.append("role")
    wanted = {venue.pk for venue in venues}
    if wanted != set(staff.venues.values_list("pk", flat=True)):
        staff.venues.set(wanted)
        changed.append("venues")
    if may_see_health_needs != staff.may_see_health_needs:
        staff.may_see_health_needs = may_see_health_needs
        staff.save(update_fields=["may_see_health_needs"])
        changed.append("may_see_health_needs")
    if changed:
        report_change(
            business=staff.business,
            actor=actor,
            action="amended",
            subject=staff,
            fields=changed,
            now=now,
        )
    return changed


@transaction.atomic
def remove_staff(staff: Staff, *, actor: User, now: datetime) -> None:
    """End a person's access to the business at once. Their sign-in stays theirs.

    Raise LastOwner when nobody would be left who may do everything.
    """
    staff = _locked(staff)
    _check_an_owner_stays(staff, None)
    report_change(
        business=staff.business, actor=actor, action="removed", subject=staff, now=now
    )
    staff.delete()


def _locked(staff: Staff) -> Staff:
    # The business is the lock: two owners demoting each other must queue up.
    business = Business.objects.select_for_update().get(pk=staff.business_id)
    fresh = business.staff.select_related("user").get(pk=staff.pk)
    fresh.business = business
    return fresh


def _check_an_owner_stays(staff: Staff, new_role: str | None) -> None:
    if staff.role != Staff.Role.OWNER or new_role == Staff.Role.OWNER:
        return
    others = staff.business.staff.filter(role=Staff.Role.OWNER).exclude(pk=staff.pk)
    if not others.exists():
        raise LastOwner(
            _("Somebody must be the owner. Make another person owner first.")
        )
