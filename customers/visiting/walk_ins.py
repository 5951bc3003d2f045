"""Somebody new at the desk: guest and visit written down at once."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from crm.accounts.models import User
from crm.core.addresses import normalize_email
from crm.core.phones import normalize_phone
from crm.tenancy.models import Business
from customers.guests import GuestFacts, GuestIsThere, create_guest
from customers.models import ContactPoint, Guest, Visit, known
from customers.visits import VisitFacts, record_visit

Kind = ContactPoint.Kind


@transaction.atomic
def record_walk_in(
    business: Business,
    *,
    who: GuestFacts,
    facts: VisitFacts,
    state: str,
    actor: User | None,
    now: datetime,
    uuid: UUID,
) -> Visit:
    """Create a guest with the ``uuid`` and record their visit, both or neither.

    Done again with the same ``uuid`` it changes nothing and returns the same visit.
    Raise InvalidEmail or InvalidPhone when a contact point cannot be read.
    """
    try:
        guest = create_guest(
            business=business, facts=who, actor=actor, now=now, uuid=uuid
        )
    except GuestIsThere:
        guest = business.guests.select_related("business").get(uuid=uuid)
    return record_visit(
        guest,
        facts=facts,
        state=state,
        actor=actor,
        now=now,
        uuid=uuid5(uuid, "visit"),
    )


def guest_facts(name: str, contact: str) -> GuestFacts:
    """Return a guest of one line: the last word of the name is the family's."""
    given, _space, family = name.rpartition(" ")
    if not given:
        given, family = family, ""
    is_email = "@" in contact
    return GuestFacts(
        display_name=name,
        given_name=given[:80],
        family_name=family[:80],
        emails=(contact,) if contact and is_email else (),
        phones=(contact,) if contact and not is_email else (),
    )


def guests_reached_by(business: Business, contact: str) -> list[Guest]:
    """Return known guests with this email or phone. Raise InvalidEmail, InvalidPhone."""
    if "@" in contact:
        kind, normalized = Kind.EMAIL, normalize_email(contact)
    else:
        kind = Kind.PHONE
        normalized = normalize_phone(contact, country=business.country)
    points = business.contact_points.filter(
        known("guest"), kind=kind, normalized=normalized
    )
    points = points.select_related("guest__business", "guest__summary")
    return [point.guest for point in points.order_by("guest")]
