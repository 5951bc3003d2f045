"""A person as the register has them: one row, and one for each address."""

from datetime import datetime
from random import Random
from uuid import UUID

from crm.devtools.demo.people import Person
from crm.devtools.demo.rows import ContactRow, GuestRow
from crm.devtools.demo.scene import Scene
from customers.guests import COLUMNS, GuestFacts, search_text_of, sort_key_of


def new_uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def guest_row(
    person: Person, *, guest_id: int, met_at: datetime, scene: Scene
) -> GuestRow:
    """Return the guest's row, folded for search and sorting as the desk does it."""
    facts = facts_of(person)
    search_text = search_text_of(
        facts,
        emails=[normalized for _raw, normalized in person.emails],
        phones=[normalized for _raw, normalized in person.phones],
    )
    return GuestRow(
        id=guest_id,
        business_id=scene.business_id,
        uuid=new_uuid(scene.rng),
        search_text=search_text,
        name_sort_key=sort_key_of(facts, scene.house.business),
        company_id=scene.company_id(facts.company),
        created_at=met_at,
        updated_at=met_at,
        **{name: getattr(facts, name) for name in COLUMNS if name != "custom"},
    )


def facts_of(person: Person) -> GuestFacts:
    month, day = person.birthday or (None, None)
    return GuestFacts(
        display_name=person.name.said,
        given_name=person.name.given,
        family_name=person.name.family,
        emails=tuple(raw for raw, _normalized in person.emails),
        phones=tuple(raw for raw, _normalized in person.phones),
        language=person.language,
        country=person.country,
        street=person.street,
        postal_code=person.postal_code,
        city=person.city,
        birthday_month=month,
        birthday_day=day,
        company=person.company,
        source=person.source,
        is_vip=person.is_vip,
    )


def contact_rows(person: Person, guest: GuestRow, scene: Scene) -> list[ContactRow]:
    """Return the guest's addresses, the first of each kind the primary one."""
    return [
        ContactRow(
            id=scene.next_id(ContactRow),
            business_id=guest.business_id,
            guest_id=guest.id,
            kind=kind,
            raw=raw,
            normalized=normalized,
            is_primary=index == 0,
            created_at=guest.created_at,
        )
        for kind, pairs in (("email", person.emails), ("phone", person.phones))
        for index, (raw, normalized) in enumerate(pairs)
    ]
