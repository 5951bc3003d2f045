"""A guest who was in the register under two addresses, until somebody saw it."""

from datetime import timedelta

from crm.devtools.demo.houses import House
from customers.guests import GuestFacts, create_guest
from customers.merging.merging import merge_guests
from customers.models import Guest


def make_one_of_two(house: House) -> None:
    """Write one regular down again, with another address, and make the two one guest."""
    guest = _regular(house)
    given, family = guest.given_name, guest.family_name
    again = create_guest(
        business=house.business,
        facts=GuestFacts(
            display_name=f"{given[0]} {family}",
            given_name=given[0],
            family_name=family,
            emails=(f"{given}.{family}.work@fjordpost.example",),
            language=guest.language,
            city=guest.city,
        ),
        actor=None,
        now=house.now - timedelta(days=40),
    )
    manager = house.business.staff.filter(role="manager").first()
    merge_guests(
        guest,
        again,
        actor=manager.user if manager else None,
        now=house.now - timedelta(days=3),
    )


def _regular(house: House) -> Guest:
    regulars = house.business.guests.known().filter(
        contact_points__kind="email", summary__visits__gte=4, company=None
    )
    # Names that an address can be made of.
    plain = regulars.filter(
        given_name__regex=r"^[A-Za-z]+$", family_name__regex=r"^[A-Za-z]+$"
    )
    return plain.order_by("-pk").first() or regulars.order_by("-pk")[0]
