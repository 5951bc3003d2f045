"""Hold a guest, or a visit of theirs, while something about them is written."""

from django.utils.translation import gettext as _

from customers.models import Guest, Visit
from customers.summaries import lock_guest


class GuestIsForgotten(Exception):
    """The guest was forgotten meanwhile, or is another one now: nothing more is written."""


def hold_guest(guest: Guest) -> None:
    """Lock the guest's row until the transaction ends.

    Raise GuestIsForgotten when there is nobody any more.
    """
    lock_guest(guest.pk)
    _check_there(Guest.objects.get(pk=guest.pk))


def hold_living(guest: Guest) -> Guest:
    """Lock the guest, or whoever they were made one with, and return who that is.

    For what a guest says themselves: it is heard whatever became of their entry. Who
    was forgotten is returned as well.
    """
    while True:
        now = Guest.objects.select_related("merged_into").get(pk=guest.pk)
        now = now.merged_into or now
        lock_guest(now.pk)
        held = Guest.objects.select_related("business").get(pk=now.pk)
        if not held.is_merged:
            return held


def hold_visit(visit: Visit) -> Visit:
    """Lock the guest and then the visit, in this order always, and read it anew.

    Raise GuestIsForgotten when there is nobody any more.
    """
    while True:
        guest = Guest.objects.get(visits=visit.pk)
        lock_guest(guest.pk)
        held = (
            Visit.objects.select_for_update(of=("self",))
            .select_related("business", "guest", "venue")
            .get(pk=visit.pk)
        )
        # Two guests may have become one, or two again, while we waited.
        if held.guest_id == guest.pk:
            _check_there(held.guest)
            return held


def _check_there(guest: Guest) -> None:
    if guest.is_erased:
        raise GuestIsForgotten(_("This guest has been forgotten meanwhile."))
    if guest.is_merged:
        raise GuestIsForgotten(_("This guest was made one with another meanwhile."))
