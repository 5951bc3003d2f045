import pytest

from crm.audit.events import record_event
from crm.audit.reading import ACTIONS
from crm.tenancy.models import Staff
from customers.erasure import erase_guest
from outreach.automations import switch
from outreach.sending_again import send_again
from tests.factories import NOW, make_guest, make_staff, make_user, make_visit
from tests.outreach.builders import make_automation, make_message


def note(business, actor, action, fields=(), subject=None):
    return record_event(
        business=business,
        actor=actor,
        action=action,
        subject=subject or business,
        fields=fields,
        now=NOW,
    )


@pytest.fixture
def siv(casa_alba):
    siv = make_user("siv@casa-alba.example", name="Siv Lie")
    make_staff(casa_alba, siv, Staff.Role.STAFF)
    return siv


def shown(answer):
    return [(line.who, line.action, line.subject) for line in answer.context["lines"]]


def test_who_did_what_newest_first(as_alba, casa_alba, alba, siv):
    note(casa_alba, alba, "amended", ["postal_address"])
    note(casa_alba, siv, "viewed")
    note(casa_alba, None, "erased")

    answer = as_alba.get("/casa-alba/log/")

    assert shown(answer) == [
        ("", "Forgot", "the house"),
        ("Siv Lie", "Looked at", "the house"),
        ("Alba Solheim", "Changed", "the house"),
    ]
    assert "Postal address" in answer.text


def test_what_is_done_with_messages_is_in_words(as_alba, alba, casa_alba):
    message = make_message(make_guest(casa_alba), status="failed")
    automation = make_automation(casa_alba, is_active=False)

    switch(automation, on=True, actor=alba, now=NOW)
    switch(automation, on=False, actor=alba, now=NOW)
    send_again(message, actor=alba, now=NOW)

    done = [line[1] for line in shown(as_alba.get("/casa-alba/log/"))]
    assert done[:3] == ["Sent again", "Switched off", "Switched on"]
    assert {"sent_again", "switched_off", "switched_on"} <= set(ACTIONS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?action=viewed", [("Siv Lie", "Looked at", "the house")]),
        ("?action=nonsense", 2),
        ("?who=nonsense", 2),
    ],
)
def test_it_can_be_narrowed(as_alba, casa_alba, alba, siv, query, expected):
    note(casa_alba, alba, "amended")
    note(casa_alba, siv, "viewed")

    lines = shown(as_alba.get(f"/casa-alba/log/{query}"))

    assert (lines if isinstance(expected, list) else len(lines)) == expected


def test_it_can_be_narrowed_to_a_person(as_alba, casa_alba, alba, siv):
    note(casa_alba, alba, "amended")
    note(casa_alba, siv, "viewed")
    person = casa_alba.staff.get(user=siv)

    answer = as_alba.get(f"/casa-alba/log/?who={person.uuid}")

    assert shown(answer) == [("Siv Lie", "Looked at", "the house")]


def test_another_house_is_not_in_it(as_alba, casa_alba, alba, bar_carla, carla):
    note(bar_carla, carla, "amended")

    assert shown(as_alba.get("/casa-alba/log/")) == []


def test_a_person_who_is_gone_keeps_a_place_in_it(as_alba, casa_alba, siv):
    note(casa_alba, siv, "viewed")
    siv.delete()

    answer = as_alba.get("/casa-alba/log/")

    assert shown(answer) == [("somebody who is gone", "Looked at", "the house")]


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_it_costs_the_same_however_much_happened(
    as_alba, casa_alba, alba, django_assert_num_queries, rows
):
    for _row in range(rows):
        note(casa_alba, alba, "viewed")

    with django_assert_num_queries(6):
        answer = as_alba.get("/casa-alba/log/")

    assert len(answer.context["lines"]) == min(rows, 50)
    assert answer.context["page"].next_number == (2 if rows > 50 else None)


def test_things_are_called_by_their_names_of_today(as_alba, casa_alba, alba):
    guest = make_guest(casa_alba, "Nora Østby")
    make_visit(guest)

    answer = as_alba.get("/casa-alba/log/")

    called = {line.subject: (line.called, line.url) for line in answer.context["lines"]}
    visit = guest.visits.get()
    assert called == {
        "a guest": ("Nora Østby", f"/casa-alba/guests/{guest.uuid}/"),
        "a visit": ("Nora Østby", f"/casa-alba/visits/{visit.uuid}/edit/"),
    }


def test_a_guest_who_was_forgotten_has_no_name_in_it(as_alba, casa_alba, alba):
    guest = make_guest(casa_alba, "Nora Østby")
    erase_guest(guest, actor=alba, now=NOW)

    answer = as_alba.get("/casa-alba/log/")

    assert [(line.action, line.called) for line in answer.context["lines"]] == [
        ("Forgot", ""),
        ("Created", ""),
    ]
