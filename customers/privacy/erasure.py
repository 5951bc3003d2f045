"""Forget a guest: every kind of row by its policy, in one transaction.

What is left are figures, proof of what was done, and fingerprints of addresses, so that
nobody who asked to be forgotten is written to again after the next import.
"""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.files.storing import delete_file
from crm.jobs.models import Job
from crm.tenancy.models import Business
from customers.duplicates.data import drop_pairs
from customers.imports.error_files import forget_left_out
from customers.lists.guest_file import KIND as GUEST_LIST
from customers.lists.visit_file import KIND as VISIT_LIST
from customers.merging.following import everybody, hold_everybody, living
from customers.models import ContactPoint, Guest, Suppression, Visit
from customers.people.households import leave_nobody_alone
from customers.policies import GuestDataPolicy, OnErase, policies
from customers.privacy.guest_copy import KIND as GUEST_COPY
from customers.searching.lines import drop_line
from customers.signals import guest_erased
from customers.suppressions import suppress


class GuestIsExpected(Exception):
    """A guest who is here or has a booking cannot be forgotten yet."""


@transaction.atomic
def erase_guest(guest: Guest, *, actor: User | None, now: datetime) -> None:
    """Forget ``guest``, and whoever they were made one with. Again changes nothing.

    Sends ``guest_erased``. Raise GuestIsExpected while a visit is booked or going on.
    """
    now_is = hold_everybody(guest)
    if not now_is.is_erased:
        _forget(now_is, actor=actor, now=now)
    guest.refresh_from_db()


def _forget(guest: Guest, *, actor: User | None, now: datetime) -> None:
    _check_not_expected(guest)
    # Under each name they were known by, before they were made one.
    for entry in everybody(guest):
        _forget_entry(entry, now=now)
    _remove_lists(guest.business)
    forget_left_out(guest.business)
    guest.refresh_from_db()
    record_event(
        business=guest.business, actor=actor, action="erased", subject=guest, now=now
    )
    guest_erased.send(sender=Guest, guest=guest, now=now)


def _forget_entry(entry: Guest, *, now: datetime) -> None:
    _leave_addresses_alone(entry, now=now)
    drop_line(entry)
    drop_pairs(entry)
    company, photo, household = entry.company, entry.photo, entry.household
    for policy in policies():
        _apply(policy, entry)
    # A firm of one person tells who the person was.
    if company and not company.guests.exists():
        company.delete()
    leave_nobody_alone(household)
    if photo and not Guest.objects.filter(photo=photo).exists():
        delete_file(photo)
    _remove_copies(entry)
    Guest.objects.filter(pk=entry.pk).update(erased_at=now, updated_at=now)


def _check_not_expected(guest: Guest) -> None:
    expected = (Visit.State.BOOKED, Visit.State.IN_HOUSE)
    if guest.visits.filter(state__in=expected).exists():
        raise GuestIsExpected(
            _(
                "This guest is here or has a booking. Complete or cancel it first; then "
                "the guest can be forgotten."
            )
        )


def _leave_addresses_alone(guest: Guest, *, now: datetime) -> None:
    for point in guest.contact_points.all():
        if _is_shared(point):
            continue
        suppress(
            business=guest.business,
            channel=point.channel,
            fingerprint=point.fingerprint,
            scope=Suppression.Scope.ALL,
            reason=Suppression.Reason.ERASED,
            now=now,
        )


def _is_shared(point: ContactPoint) -> bool:
    # Of a couple with one address only one asked; the other is still a guest.
    return (
        point.business.contact_points.filter(
            kind=point.kind, normalized=point.normalized
        )
        .exclude(guest__in=everybody(living(point.guest)))
        .exists()
    )


def _apply(policy: GuestDataPolicy, guest: Guest) -> None:
    everything: models.QuerySet[models.Model] = policy.model._base_manager.all()
    rows = everything.filter(policy.erase_only, **{policy.guest_path: guest.pk})
    if policy.on_erase is OnErase.DELETE:
        rows.delete()
    elif policy.on_erase is OnErase.BLANK:
        rows.update(**policy.blank)
    for path in policy.other_guest_paths:
        everything.filter(**{path: guest.pk}).update(**{path: None})


def _remove_copies(guest: Guest) -> None:
    copies = guest.business.jobs.filter(
        kind=GUEST_COPY, arguments__guest=str(guest.uuid)
    )
    for job in copies.select_related("result_file"):
        if job.result_file:
            delete_file(job.result_file)
    copies.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING)).update(
        is_cancel_asked=True
    )


def _remove_lists(business: Business) -> None:
    """Delete every list that was saved as a file: the guest may be in any of them.

    They can be made again. One that is being made stops at its next step; the update
    waits for a step that is at work, so a file it leaves is found below.
    """
    lists = business.jobs.filter(kind__in=(GUEST_LIST, VISIT_LIST))
    lists.unfinished().update(is_cancel_asked=True)
    for job in lists.select_related("result_file"):
        if job.result_file:
            delete_file(job.result_file)
