import re

import pytest

from crm.tenancy.models import Staff
from customers.models import Note
from customers.notes.writing import change_note, remove_note
from tests.factories import (
    NOW,
    make_note,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def brygga(casa_alba):
    return make_venue(casa_alba, "Brygga")


@pytest.fixture
def mona(casa_alba, brygga):
    """She works at Brygga alone."""
    person = make_user(name="Mona Berg")
    make_staff(casa_alba, person, Staff.Role.STAFF).venues.add(brygga)
    return person


def page_of(guest):
    return f"/casa-alba/guests/{guest.uuid}/"


def address(note, act=""):
    return f"/casa-alba/notes/{note.uuid}/{act}"


def token_on(page):
    return re.search(r'name="once" value="([^"]+)"', page.text)[1]


def test_a_note_is_written_on_the_guests_page_and_read_in_the_story(
    as_alba, nora, brygga
):
    typed = {"text": "Window table.", "venue": brygga.uuid, "is_pinned": "on"}

    answer = as_alba.post(page_of(nora) + "notes/", typed, follow=True)

    note = Note.objects.get()
    assert answer.redirect_chain == [(page_of(nora), 302)]
    assert (note.text, note.venue, note.is_pinned) == ("Window table.", brygga, True)
    assert "Window table." in answer.text
    assert "Noted." in answer.text


def test_in_place_the_form_comes_back_empty_and_the_story_hears_of_it(as_alba, nora):
    answer = as_alba.post(
        page_of(nora) + "notes/", {"text": "Window table."}, headers=HTMX
    )

    assert answer["HX-Trigger"] == '{"story-changed": {}}'
    assert 'id="panel-notes"' in answer.text
    assert "Window table." not in answer.text
    assert "Noted." in answer.text


def test_a_note_sent_twice_is_there_once(as_alba, nora):
    token = token_on(as_alba.get(page_of(nora)))

    for _ in range(2):
        as_alba.post(page_of(nora) + "notes/", {"text": "Once.", "once": token})

    assert Note.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "  "}, "Write a few words."),
        (
            {"text": "x" * 2001},
            "This is longer than a note can be. Please shorten it.",
        ),
        (
            {"text": "Pays with 4111 1111 1111 1111"},
            "There is a card number in this. Cards belong in the payment terminal "
            "alone: please take it out.",
        ),
        ({"text": "x", "venue": "nowhere"}, "This is not one of your venues."),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_typed_is_lost(
    as_alba, nora, headers, typed, sentence
):
    answer = as_alba.post(page_of(nora) + "notes/", typed, headers=headers)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert typed["text"].strip() in answer.text
    assert not Note.objects.exists()


def test_what_looks_like_a_danish_number_is_asked_about_first(as_alba, nora):
    typed = {"text": "Booking 211062-5629"}

    asked = as_alba.post(page_of(nora) + "notes/", typed)
    answer = as_alba.post(page_of(nora) + "notes/", typed | {"confirmed_numbers": "on"})

    assert 'name="confirmed_numbers"' in asked.text
    assert answer.status_code == 302
    assert Note.objects.get().text == "Booking 211062-5629"


def test_nobody_is_asked_where_there_is_nothing_to_ask(as_alba, nora):
    assert "confirmed_numbers" not in as_alba.get(page_of(nora)).text


def test_a_note_is_changed_where_it_stands(as_alba, nora):
    note = make_note(nora, "Window table.")

    form = as_alba.get(address(note, "edit/"), headers=HTMX)
    answer = as_alba.post(
        address(note, "edit/"), {"text": "Corner table.", "seen": "1"}, headers=HTMX
    )

    assert 'name="seen" value="1"' in form.text
    assert "<html" not in form.text
    assert answer["HX-Trigger"] == '{"notes-changed": {}}'
    assert "Corner table." in answer.text
    assert "Window table." in answer.text
    assert "Changed by Alba Solheim" in answer.text


def test_without_scripts_a_note_has_a_page_to_change_it_on(as_alba, nora):
    note = make_note(nora, "Window table.")

    form = as_alba.get(address(note, "edit/"))
    answer = as_alba.post(
        address(note, "edit/"), {"text": "Corner table.", "seen": "1"}
    )

    assert "<html" in form.text
    assert answer.url == page_of(nora)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_comes_second_is_shown_what_the_first_wrote_and_loses_nothing(
    as_alba, nora, headers
):
    note = make_note(nora, "Window table.")
    mona = make_user(name="Mona Berg")
    change_note(note, text="By Mona.", venue=None, seen=1, actor=mona, now=NOW)
    mine = {"text": "By me.", "seen": "1"}

    told = as_alba.post(address(note, "edit/"), mine, headers=headers)
    note.refresh_from_db()
    unchanged = note.text
    as_alba.post(address(note, "edit/"), mine | {"seen": "2"}, headers=headers)

    assert "Mona Berg changed this note meanwhile." in told.text
    assert "By Mona." in told.text
    assert "By me." in told.text
    assert 'name="seen" value="2"' in told.text
    assert unchanged == "By Mona."
    assert list(note.versions.order_by("number").values_list("text", flat=True)) == [
        "Window table.",
        "By Mona.",
        "By me.",
    ]


def test_who_changes_what_was_taken_away_meanwhile_is_told(as_alba, nora, alba):
    note = make_note(nora, "Window table.")
    remove_note(note, actor=alba, now=NOW)

    told = as_alba.post(address(note, "edit/"), {"text": "By me.", "seen": "1"})
    as_alba.post(address(note, "edit/"), {"text": "By me.", "seen": "0"})

    note.refresh_from_db()
    assert "Somebody took this note away meanwhile." in told.text
    assert (note.text, note.removed_at) == ("By me.", None)


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999"])
def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(as_alba, nora, seen):
    note = make_note(nora, "Window table.")

    answer = as_alba.post(address(note, "edit/"), {"text": "By me.", "seen": seen})

    note.refresh_from_db()
    assert answer.status_code == 200
    assert note.text == "Window table."


def test_a_note_is_kept_on_top_and_taken_from_there(as_alba, nora):
    note = make_note(nora, "Window table.")

    up = as_alba.post(address(note, "pin/"), {"to": "on"}, headers=HTMX)
    on_top = as_alba.get(page_of(nora) + "notes/on-top/", headers=HTMX)
    down = as_alba.post(
        address(note, "pin/"),
        {"to": "off"},
        headers=HTMX | {"HX-Target": "pinned-notes"},
    )

    note.refresh_from_db()
    assert up["HX-Trigger"] == '{"notes-changed": {}}'
    assert "Window table." in on_top.text
    assert down["HX-Trigger"] == '{"story-changed": {}}'
    assert "Window table." not in down.text
    assert not note.is_pinned


def test_a_note_is_taken_away_and_comes_back_with_undo(as_alba, nora):
    note = make_note(nora, "Window table.")

    gone = as_alba.post(address(note, "remove/"), follow=True)
    back = as_alba.post(address(note, "bring-back/"), follow=True)

    assert f'action="{address(note, "bring-back/")}"' in gone.text
    assert "Window table." not in gone.text
    assert "Window table." in back.text


def test_in_place_nothing_is_left_of_what_is_taken_away(as_alba, nora):
    note = make_note(nora, "Window table.")

    answer = as_alba.post(address(note, "remove/"), headers=HTMX)

    assert "Window table." not in answer.text
    assert "The note is taken away." in answer.text


def test_notes_of_other_venues_do_not_exist_for_people_of_one(
    client, casa_alba, nora, mona, brygga
):
    hotel = casa_alba.venues.get(name="Hotellet")
    theirs = make_note(nora, "Zebra hotel.", venue=hotel, is_pinned=True)
    ours = make_note(nora, "Otter brygga.", venue=brygga)
    client.force_login(mona)

    page = client.get(page_of(nora)).text
    answers = [
        client.get(address(theirs)),
        client.get(address(theirs, "edit/")),
        client.post(address(theirs, "edit/"), {"text": "x", "seen": "1"}),
        client.post(address(theirs, "pin/"), {"to": "off"}),
        client.post(address(theirs, "remove/")),
        client.post(address(theirs, "bring-back/")),
    ]

    assert "Otter brygga." in page
    assert "Zebra" not in page
    assert {answer.status_code for answer in answers} == {404}
    assert client.get(address(ours, "edit/")).status_code == 200


def test_people_of_one_venue_write_for_it_or_for_the_whole_house(
    client, casa_alba, nora, mona, brygga
):
    hotel = casa_alba.venues.get(name="Hotellet")
    client.force_login(mona)

    page = client.get(page_of(nora)).text
    refused = client.post(page_of(nora) + "notes/", {"text": "x", "venue": hotel.uuid})

    offered = set(re.findall(r'<option value="([^"]*)"', page))
    assert str(hotel.uuid) not in offered
    assert {"", str(brygga.uuid)} <= offered
    assert "This is not one of your venues." in refused.text


def test_where_there_is_one_venue_nobody_is_asked_for_whom(as_alba, nora):
    assert 'name="venue"' not in as_alba.get(page_of(nora)).text


def test_a_note_is_told_as_it_was_typed_and_no_more(as_alba, nora):
    make_note(nora, "<b>Bold</b>\nand a line")

    page = as_alba.get(page_of(nora)).text

    assert "&lt;b&gt;Bold&lt;/b&gt;<br>and a line" in page


def test_the_page_costs_the_same_however_many_notes_there_are(
    as_alba, nora, django_assert_max_num_queries
):
    make_visit(nora, state="booked")
    make_note(nora, is_pinned=True)
    with django_assert_max_num_queries(200) as one:
        as_alba.get(page_of(nora))
    for _ in range(6):
        make_note(nora, is_pinned=True)

    with django_assert_max_num_queries(len(one)):
        as_alba.get(page_of(nora))
