import csv
import random
from datetime import date, timedelta

import pytest

from crm.audit import log_file
from crm.audit.asking import PAGE, AskedEvents
from crm.audit.events import record_event, record_view
from crm.audit.models import Event
from crm.audit.reading import ACTIONS
from crm.core.clock import local_date
from crm.tenancy.models import Staff
from customers.privacy.erasure import erase_guest
from outreach.automations.changing import switch
from outreach.outbox.again import send_again
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
    assert bool(answer.context["next_url"]) == (rows > 50)


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


def test_pages_follow_one_another_even_at_one_instant(as_alba, casa_alba):
    guests = [make_guest(casa_alba, f"Gjest {number}") for number in range(PAGE + 2)]

    seen, url = [], "/casa-alba/log/?action=created"
    while url:
        answer = as_alba.get(url)
        seen += [line.called for line in answer.context["lines"]]
        url = answer.context["next_url"]

    assert seen == [guest.display_name for guest in reversed(guests)]


@pytest.mark.parametrize(
    "place", ["x", "1-", "9" * 17 + "-1", "-1-1", "1-9999999999999999999"]
)
def test_a_place_that_cannot_be_read_is_the_start_or_empty(as_alba, casa_alba, place):
    make_guest(casa_alba, "Nora Vik")

    assert as_alba.get("/casa-alba/log/", {"at": place}).status_code == 200


def test_a_plain_reader_finds_the_same(as_alba, casa_alba, alba, siv):
    dice = random.Random(3)
    guests = [make_guest(casa_alba, f"Gjest {number}") for number in range(3)]
    for _number in range(60):
        record_event(
            business=casa_alba,
            actor=dice.choice([alba, siv, None]),
            action=dice.choice(["viewed", "amended", "exported"]),
            subject=dice.choice([casa_alba, *guests]),
            now=NOW - timedelta(hours=dice.randrange(200)),
        )
    events = list(casa_alba.audit_events.all())
    me = casa_alba.staff.get(user=alba)
    day = date(2026, 11, 18)
    asked = {
        "nothing": ({}, lambda event: True),
        "who": (
            {"who": casa_alba.staff.get(user=siv)},
            lambda event: event.actor_id == siv.pk,
        ),
        "action": ({"action": "viewed"}, lambda event: event.action == "viewed"),
        "kind": (
            {"kind": "customers.guest"},
            lambda event: event.object_type == "customers.guest",
        ),
        "one": (
            {"kind": "customers.guest", "reference": str(guests[0].uuid)},
            lambda event: event.object_ref == str(guests[0].uuid),
        ),
        "days": (
            {"first_day": day, "last_day": day},
            lambda event: local_date(event.at, casa_alba.time_zone) == day,
        ),
    }

    for name, (filters, fits) in asked.items():
        expected = sorted(
            (event for event in events if fits(event)),
            key=lambda event: (event.at, event.pk),
            reverse=True,
        )
        question = AskedEvents(reader=me, **filters)
        found, place = question.page("", size=7)
        while place:
            more, place = question.page(place, size=7)
            found += more
        assert (name, found) == (name, expected)
        assert expected


@pytest.fixture
def mona(casa_alba):
    mona = make_user("mona@casa-alba.example", name="Mona Berg")
    make_staff(casa_alba, mona, Staff.Role.MANAGER)
    return mona


def test_a_manager_reads_about_guests_and_not_about_who_may_what(
    client, casa_alba, alba, mona
):
    guest = make_guest(casa_alba, "Nora Vik")
    staff = casa_alba.staff.get(user=mona)
    for subject in (casa_alba, casa_alba.venues.get(), staff, guest):
        note(casa_alba, alba, "amended", subject=subject)
    client.force_login(mona)

    answer = client.get("/casa-alba/log/?action=amended")

    assert shown(answer) == [("Alba Solheim", "Changed", "a guest")]
    assert "tenancy.staff" not in dict(answer.context["kinds"])
    asked = client.get(f"/casa-alba/log/?kind=tenancy.staff&thing={staff.uuid}")
    assert "tenancy" not in str(asked.context["asked"].words)
    page = answer.text
    assert ("/log/file/" in page, "/settings/staff/" in page) == (False, False)


def test_who_has_looked_at_a_guest_is_one_link_away(as_alba, casa_alba, siv):
    nora, per = make_guest(casa_alba, "Nora Vik"), make_guest(casa_alba, "Per Vik")
    note(casa_alba, siv, "viewed", subject=nora)
    note(casa_alba, siv, "viewed", subject=per)
    link = (
        f"/casa-alba/log/?kind=customers.guest&amp;thing={nora.uuid}&amp;action=viewed"
    )

    assert link in as_alba.get(f"/casa-alba/guests/{nora.uuid}/").text
    answer = as_alba.get(link.replace("&amp;", "&"))

    called = [(line.who, line.called) for line in answer.context["lines"]]
    assert called == [("Alba Solheim", "Nora Vik"), ("Siv Lie", "Nora Vik")]
    assert answer.context["thing"] == "Nora Vik"


def test_what_belongs_to_a_guest_is_told_with_them(as_alba, casa_alba):
    nora, per = make_guest(casa_alba, "Nora Vik"), make_guest(casa_alba, "Per Vik")
    make_visit(nora)
    make_visit(per)

    answer = as_alba.get(f"/casa-alba/log/?kind=customers.guest&thing={nora.uuid}")

    assert [(line.subject, line.called) for line in answer.context["lines"]] == [
        ("a visit", "Nora Vik"),
        ("a guest", "Nora Vik"),
    ]


def test_looking_again_within_minutes_is_one_line(casa_alba, alba, siv):
    nora, per = make_guest(casa_alba, "Nora Vik"), make_guest(casa_alba, "Per Vik")

    def look(actor, guest, minutes):
        now = NOW + timedelta(minutes=minutes)
        record_view(business=casa_alba, actor=actor, subject=guest, now=now)

    for minutes in (0, 1, 9):
        look(alba, nora, minutes)
    look(siv, nora, 1)
    look(alba, per, 1)
    look(alba, nora, 11)

    looked = Event.objects.filter(action="viewed").order_by("pk")
    assert list(looked.values_list("actor", "object_ref")) == [
        (alba.pk, str(nora.uuid)),
        (siv.pk, str(nora.uuid)),
        (alba.pk, str(per.uuid)),
        (alba.pk, str(nora.uuid)),
    ]


def lines_of_file(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def test_the_log_as_a_file_tells_of_itself(as_alba, casa_alba, alba):
    guest = make_guest(casa_alba, "=Nora Vik")
    record_event(
        business=casa_alba,
        actor=alba,
        action="amended",
        subject=guest,
        fields=["city"],
        now=NOW,
    )

    answer = as_alba.post("/casa-alba/log/file/")

    head, own, *rest = lines_of_file(answer)
    assert head == ["When", "Who", "What", "On what", "Called today", "Which fields"]
    assert own[1:5] == ["Alba Solheim", "Made a file of", "the house", "Casa Alba"]
    assert rest == [
        ["2026-11-22 10:30:00", "Alba Solheim", "Changed", "a guest", "'=Nora Vik",
         "Town"],
        ["2026-11-22 10:30:00", "by itself", "Created", "a guest", "'=Nora Vik", ""],
    ]  # fmt: skip
    assert answer["Content-Disposition"].startswith(
        'attachment; filename="casa-alba-log-'
    )


def test_a_long_file_is_read_piece_by_piece(as_alba, casa_alba, monkeypatch):
    monkeypatch.setattr(log_file, "STEP", 2)
    monkeypatch.setattr(log_file, "MOST", 4)
    for number in range(7):
        make_guest(casa_alba, f"Gjest {number}")

    answer = as_alba.post("/casa-alba/log/file/", {"action": "created"})

    assert [row[4] for row in lines_of_file(answer)[1:]] == [
        f"Gjest {number}" for number in (6, 5, 4, 3)
    ]


def test_the_file_is_in_the_words_of_who_asks(client, casa_alba):
    kari = make_user(name="Kari Lie", language="nb")
    make_staff(casa_alba, kari, Staff.Role.OWNER)
    make_guest(casa_alba, "Nora Vik")
    client.force_login(kari)

    answer = client.post("/casa-alba/log/file/")

    first = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert first.count(";") == 5


def test_a_manager_takes_no_log_along(client, casa_alba, mona):
    client.force_login(mona)

    assert client.post("/casa-alba/log/file/").status_code == 403


def test_who_may_not_see_needs_reads_no_line_that_tells_of_any(
    client, casa_alba, alba, siv
):
    staff = siv.staff.get()
    staff.role = Staff.Role.MANAGER
    staff.save()
    guest = make_guest(casa_alba)
    note(casa_alba, alba, "looked_at_needs", subject=guest)
    note(casa_alba, alba, "amended", ["health_needs"], subject=guest)
    note(casa_alba, alba, "consent_granted", ["health"], subject=guest)
    note(casa_alba, alba, "amended", ["photo"], subject=guest)
    client.force_login(siv)

    without = client.get("/casa-alba/log/?kind=customers.guest")
    asked = client.get("/casa-alba/log/?action=looked_at_needs")
    staff.may_see_health_needs = True
    staff.save()
    with_grant = client.get("/casa-alba/log/?kind=customers.guest")

    assert [line[1] for line in shown(without)] == ["Changed", "Created"]
    assert "health needs" not in without.text.casefold()
    assert "Looked at health needs" not in [line[1] for line in shown(asked)]
    assert [line[1] for line in shown(with_grant)][:3] == [
        "Changed",
        "Noted a yes",
        "Changed",
    ]


def test_an_owner_sees_who_looked_without_seeing_needs(as_alba, casa_alba, siv):
    note(casa_alba, siv, "looked_at_needs", subject=make_guest(casa_alba))

    lines = shown(as_alba.get("/casa-alba/log/?action=looked_at_needs"))

    assert lines == [("Siv Lie", "Looked at health needs", "a guest")]
