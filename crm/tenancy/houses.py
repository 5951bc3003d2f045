"""Change what is known of a business, and open and close its venues."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.tenancy.changes import report_change
from crm.tenancy.models import Business, Venue


class LastVenue(Exception):
    """A business must keep one venue in use."""


@transaction.atomic
def save_business(
    business: Business, *, changed: Iterable[str], actor: User, now: datetime
) -> None:
    """Store the ``changed`` fields of a business that has been validated."""
    names = sorted(changed)
    if not names:
        return
    business.save(update_fields=names)
    report_change(
        business=business,
        actor=actor,
        action="amended",
        subject=business,
        fields=names,
        now=now,
    )


@transaction.atomic
def open_venue(venue: Venue, *, actor: User, now: datetime) -> Venue:
    """Store a new venue. Raise ValidationError when it cannot be right."""
    Business.objects.select_for_update().get(pk=venue.business_id)
    venue.full_clean()
    venue.save()
    report_change(
        business=venue.business, actor=actor, action="created", subject=venue, now=now
    )
    return venue


@transaction.atomic
def save_venue(
    venue: Venue, *, changed: Iterable[str], actor: User, now: datetime
) -> None:
    """Store the ``changed`` fields. Raise ValidationError when they cannot be right."""
    names = sorted(changed)
    if not names:
        return
    Business.objects.select_for_update().get(pk=venue.business_id)
    venue.full_clean()
    venue.save(update_fields=names)
    report_change(
        business=venue.business,
        actor=actor,
        action="amended",
        subject=venue,
        fields=names,
        now=now,
    )


@transaction.atomic
def close_venue(venue: Venue, *, actor: User, now: datetime) -> bool:
    """Delete a venue that nothing happened at, archive any other. True when deleted.

    Raise LastVenue when no venue would be left in use.
    """
    # Two owners closing one venue each must not close the last two.
    business = Business.objects.select_for_update().get(pk=venue.business_id)
    if not business.venues.filter(is_active=True).exclude(pk=venue.pk).exists():
        raise LastVenue(_("A business needs at least one venue in use."))
    report_change(
        business=business, actor=actor, action="closed", subject=venue, now=now
    )
    try:
        with transaction.atomic():
            venue.delete()
    except ProtectedError:
        _set_active(venue, is_active=False)
        return False
    return True


@transaction.atomic
def reopen_venue(venue: Venue, *, actor: User, now: datetime) -> None:
    """Take an archived venue into use again."""
    _set_active(venue, is_active=True)
    report_change(
        business=venue.business, actor=actor, action="reopened", subject=venue, now=now
    )


def _set_active(venue: Venue, *, is_active: bool) -> None:
    venue.is_active = is_active
    venue.save(update_fields=["is_active"])
