"""Hold a guest, or a visit of theirs, while something about them is written."""

from django.utils.translation import gettext as _

from customers.models import Guest, Visit
from customers.summaries import lock_guest


class GuestIsForgotten(Exception):
    """The guest was forgotten meanwhile; nothing more is written about them."""


def hold_guest(guest: Guest) -> None:
    """Lock the guest's row until the transaction ends.

    Raise GuestIsForgotten when there is nobody any more.
    """
    lock_guest(guest.pk)
    if not Guest.objects.known().filter(pk=guest.pk).exists():
        raise GuestIsForgotten(_("This guest has been forgotten meanwhile."))


def hold_visit(visit: Visit) -> Visit:
    """Lock the guest and then the visit, in this order always, and read it anew.

    Raise GuestIsForgotten when there is nobody any more.
    """
    hold_guest(visit.guest)
    return (
        Visit.objects.select_for_update(of=("self",))
        .select_related("business", "guest", "venue")
        .get(pk=visit.pk)
    )
