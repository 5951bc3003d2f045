"""Which of many guests may be written to about something, as the desk sees it."""

from collections.abc import Iterable

from crm.tenancy.models import Business
from customers.consent import consent_states
from customers.models import Channel, ContactPoint, Purpose
from customers.privacy.desk_consent import ADDRESS_KIND, obstacle_to
from customers.suppressions import suppressed_scopes


def who_may_be_written_to(
    business: Business, guest_ids: Iterable[int], *, purpose: Purpose
) -> set[int]:
    """Return those of the guests for whom some channel is open to ``purpose``.

    The verdict of ``consent_lines`` for many guests in three queries.
    """
    ids = list(guest_ids)
    addresses = {
        (point.guest_id, point.kind): point
        for point in ContactPoint.objects.filter(
            business=business, guest__in=ids, is_primary=True
        )
    }
    states = consent_states(ids)
    scopes = suppressed_scopes(
        business, fingerprints=[point.fingerprint for point in addresses.values()]
    )
    open_to = set()
    for guest_id in ids:
        for channel in Channel:
            address = addresses.get((guest_id, ADDRESS_KIND[channel]))
            blocked = scopes.get(address.fingerprint, set()) if address else set()
            said = states.get((guest_id, purpose, channel))
            if obstacle_to(purpose, channel, address, blocked, said) is None:
                open_to.add(guest_id)
    return open_to
