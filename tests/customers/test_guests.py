from dataclasses import replace

import pytest
from django.db import IntegrityError

from crm.core.addresses import InvalidEmail
from crm.core.phones import InvalidPhone
from crm.core.text import name_sort_key
from customers.guests import (
    GuestFacts,
    GuestIsThere,
    MemberNumberIsTaken,
    amend_guest,
    contact_points_of,
    create_guest,
)
from customers.models import ContactPoint, Guest
from tests.factories import NOW, make_guest

Kind = ContactPoint.Kind
NORA = GuestFacts(
    display_name="Nora Østby",
    given_name="Nora",
    family_name="Østby",
    emails=("Nora.Ostby@Example.NO", "nora@work.example"),
    phones=("406 12 345",),
    country="NO",
)


def create(business, facts=NORA, actor=None):
    return create_guest(business=business, facts=facts, actor=actor, now=NOW)


def held(guest, kind):
    return [
        (point.raw, point.normalized, point.is_primary)
        for point in contact_points_of(guest, kind)
    ]


def test_contact_points_are_kept_as_typed_and_as_compared(casa_alba):
    guest = create(casa_alba)

    assert held(guest, Kind.EMAIL) == [
        ("Nora.Ostby@Example.NO", "nora.ostby@example.no", True),
        ("nora@work.example", "nora@work.example", False),
    ]
    assert held(guest, Kind.PHONE) == [("406 12 345", "+4740612345", True)]


def test_a_number_without_country_code_is_of_the_guests_country(casa_alba):
    guest = create(casa_alba, replace(NORA, country="SE", phones=("070-123 45 67",)))

    assert held(guest, Kind.PHONE) == [("070-123 45 67", "+46701234567", True)]


def test_the_same_address_twice_is_kept_once(casa_alba):
    emails = ("nora@example.no", "NORA@example.no")

    guest = create(casa_alba, replace(NORA, emails=emails))

    assert held(guest, Kind.EMAIL) == [("nora@example.no", "nora@example.no", True)]


def test_a_new_guest_has_an_empty_summary_and_is_in_the_log(casa_alba, alba):
    guest = create(casa_alba, actor=alba)

    assert guest.summary.visits == 0
    event = casa_alba.audit_events.get()
    assert (event.actor, event.action, event.object_ref) == (
        alba,
        "created",
        str(guest.uuid),
    )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"emails": ("nora at home",)}, InvalidEmail),
        ({"phones": ("12",)}, InvalidPhone),
    ],
)
def test_what_cannot_be_an_address_leaves_nothing_behind(casa_alba, wrong, error):
    with pytest.raises(error):
        create(casa_alba, replace(NORA, **wrong))

    assert Guest.objects.count() == 0


def test_amending_says_which_fields_and_never_what(casa_alba, alba):
    guest = create(casa_alba)
    facts = replace(NORA, city="Stryn", emails=("new@example.no",))

    changed = amend_guest(guest, facts=facts, actor=alba, now=NOW)

    assert changed == ["city", "emails"]
    event = casa_alba.audit_events.latest("pk")
    assert (event.action, event.fields) == ("amended", ["city", "emails"])


def test_another_first_address_becomes_the_one_to_use(casa_alba):
    guest = create(casa_alba)
    emails = ("nora@work.example", "nora.ostby@example.no")

    amend_guest(guest, facts=replace(NORA, emails=emails), actor=None, now=NOW)

    assert [(raw, primary) for raw, _same, primary in held(guest, Kind.EMAIL)] == [
        ("nora@work.example", True),
        ("Nora.Ostby@Example.NO", False),
    ]


def test_amending_to_the_same_leaves_no_trace(casa_alba):
    guest = create(casa_alba)
    events = casa_alba.audit_events.count()

    changed = amend_guest(guest, facts=NORA, actor=None, now=NOW)

    assert (changed, casa_alba.audit_events.count()) == ([], events)


def test_a_uuid_is_one_guests_and_the_second_leaves_nothing_behind(casa_alba):
    guest = create(casa_alba)

    with pytest.raises(GuestIsThere):
        create_guest(
            business=casa_alba, facts=NORA, actor=None, now=NOW, uuid=guest.uuid
        )

    assert (Guest.objects.count(), casa_alba.audit_events.count()) == (1, 1)


def test_a_member_number_is_one_guests_in_each_house(casa_alba, bar_carla):
    facts = replace(NORA, member_number="1001")
    create(casa_alba, facts)
    create(bar_carla, facts)

    with pytest.raises(MemberNumberIsTaken):
        create(casa_alba, replace(facts, display_name="Olaf Vik"))

    assert Guest.objects.count() == 2


def test_an_amended_name_is_found_and_sorted_anew(casa_alba):
    guest = create(casa_alba)

    facts = replace(NORA, family_name="Åsen", display_name="Nora Åsen")
    amend_guest(guest, facts=facts, actor=None, now=NOW)

    guest.refresh_from_db()
    assert guest.search_text == (
        "| nora asen | asen nora |  | 40612345 | 4740612345 | nora ostby example no "
        "| nora work example |"
    )
    assert guest.name_sort_key == name_sort_key("Åsen Nora", "nb")


def test_names_are_in_the_order_of_the_houses_alphabet(casa_alba):
    for name in ("Ås Åse", "Æ Ærlig", "Ø Ødegård", "Z Zorn", "A Aas", "E Élan"):
        make_guest(casa_alba, name)

    ordered = Guest.objects.order_by("name_sort_key")

    assert [guest.family_name for guest in ordered] == [
        "Aas", "Élan", "Zorn", "Ærlig", "Ødegård", "Åse",
    ]  # fmt: skip


def test_a_birthday_is_whole_or_not_at_all(casa_alba):
    with pytest.raises(IntegrityError):
        make_guest(casa_alba, birthday_day=24)
