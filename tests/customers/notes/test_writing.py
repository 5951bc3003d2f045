from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from crm.audit.models import Event
from customers.arrival_cards import notes_for
from customers.holding import GuestIsForgotten
from customers.models import Note, NoteVersion
from customers.notes.showing import note_entries, pinned_notes
from customers.notes.writing import (
    NoteWasChanged,
    bring_back_note,
    change_note,
    forget_removed_notes,
    notes_seen,
    pin_note,
    remove_note,
    write_note,
)
from customers.privacy.erasure import erase_guest
from customers.timeline import timeline_of
from tests.factories import (
    NOW,
    make_business,
    make_guest,
    make_note,
    make_user,
    make_venue,
    make_visit,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def brygga(casa_alba):
    return make_venue(casa_alba, "Brygga")


@pytest.fixture
def hotel(casa_alba):
    return casa_alba.venues.get(name="Hotellet")


def change(note, text, *, seen, actor, now=LATER, venue=None):
    return change_note(note, text=text, venue=venue, seen=seen, actor=actor, now=now)


def versions_of(note):
    return list(
        note.versions.order_by("number").values_list("number", "text", "written_by")
    )


def events_about(note):
    events = Event.objects.filter(object_ref=str(note.uuid)).order_by("pk")
    return list(events.values_list("action", "fields"))


def test_a_note_is_written_with_its_first_version(nora, alba):
    note = make_note(nora, "Window table.", author=alba)

    assert versions_of(note) == [(1, "Window table.", alba.pk)]
    assert (note.author, note.edited_at, note.venue) == (alba, None, None)


def test_the_same_form_sent_twice_writes_one_note(nora, alba):
    uuid = uuid4()
    form = {"text": "Once.", "venue": None, "is_pinned": False}

    first = write_note(nora, uuid=uuid, author=alba, now=NOW, **form)
    second = write_note(nora, uuid=uuid, author=alba, now=LATER, **form)

    assert first == second == Note.objects.get()
    assert NoteVersion.objects.count() == 1


def test_a_changed_note_keeps_what_it_said_before(nora, alba):
    mona = make_user()
    note = make_note(nora, "Window table.", author=alba)

    changed = change(note, "Window table, alone.", seen=1, actor=mona)

    note.refresh_from_db()
    assert changed == ["text"]
    assert (note.text, note.edited_at) == ("Window table, alone.", LATER)
    assert note.author == alba
    assert versions_of(note) == [
        (1, "Window table.", alba.pk),
        (2, "Window table, alone.", mona.pk),
    ]


def test_saving_the_same_text_is_no_version(nora, alba):
    note = make_note(nora, "Window table.")

    assert change(note, "Window table.", seen=1, actor=alba) == []
    assert len(versions_of(note)) == 1


def test_who_has_not_seen_the_newest_version_does_not_overwrite_it(nora, alba):
    note = make_note(nora, "Window table.")
    change(note, "Corner table.", seen=1, actor=alba)

    with pytest.raises(NoteWasChanged):
        change(note, "Table by the door.", seen=1, actor=alba)

    note.refresh_from_db()
    assert note.text == "Corner table."
    assert len(versions_of(note)) == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told():
    guest = make_guest(make_business())
    note = make_note(guest, "Window table.")
    people, together, told = [make_user(), make_user()], Barrier(2), []

    def save(person):
        together.wait()
        try:
            change(note, f"By {person.pk}.", seen=1, actor=person)
        except NoteWasChanged:
            told.append(person)
        connection.close()

    threads = [Thread(target=save, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 1
    assert [number for number, *_ in versions_of(note)] == [1, 2]


def test_a_note_that_was_taken_away_comes_back(nora, alba):
    note = make_note(nora)

    remove_note(note, actor=alba, now=NOW)
    gone = list(notes_seen(nora.business, []))
    bring_back_note(note, actor=alba, now=LATER)

    assert gone == []
    assert list(notes_seen(nora.business, [])) == [note]


def test_changing_what_was_taken_away_unseen_is_refused_and_seen_brings_it_back(
    nora, alba
):
    note = make_note(nora, "Window table.")
    remove_note(note, actor=alba, now=NOW)

    with pytest.raises(NoteWasChanged):
        change(note, "Corner table.", seen=1, actor=alba)
    changed = change(note, "Corner table.", seen=0, actor=alba)

    assert changed == ["removed_at", "text"]
    assert notes_seen(nora.business, []).get().text == "Corner table."


def test_what_was_taken_away_goes_for_good_after_thirty_days(nora, alba):
    kept, gone = make_note(nora, "kept"), make_note(nora, "gone")
    remove_note(gone, actor=alba, now=NOW)

    early = forget_removed_notes(now=NOW + timedelta(days=30, seconds=-1))
    late = forget_removed_notes(now=NOW + timedelta(days=30))

    assert (early, late) == (0, 1)
    assert list(Note.objects.all()) == [kept]
    assert list(NoteVersion.objects.values_list("note", flat=True)) == [kept.pk]


def test_the_log_names_acts_and_fields_and_never_words(nora, alba, brygga):
    note = make_note(nora, "Secretword.", author=alba)
    change(note, "Secretword two.", seen=1, actor=alba, venue=brygga)
    pin_note(note, is_pinned=True, actor=alba, now=LATER)
    pin_note(note, is_pinned=True, actor=alba, now=LATER)
    pin_note(note, is_pinned=False, actor=alba, now=LATER)
    remove_note(note, actor=alba, now=LATER)
    bring_back_note(note, actor=alba, now=LATER)

    assert events_about(note) == [
        ("created", []),
        ("amended", ["text", "venue"]),
        ("pinned", []),
        ("unpinned", []),
        ("removed", []),
        ("brought_back", []),
    ]
    assert "Secretword" not in str(list(Event.objects.values()))


def test_people_of_a_venue_see_its_notes_and_those_for_the_whole_house(
    nora, hotel, brygga
):
    house = make_note(nora, "house")
    at_hotel = make_note(nora, "hotel", venue=hotel)
    at_brygga = make_note(nora, "brygga", venue=brygga)

    def seen_by(*venues):
        notes = notes_seen(nora.business, [venue.pk for venue in venues])
        return set(notes)

    assert seen_by(hotel) == {house, at_hotel}
    assert seen_by(hotel, brygga) == seen_by() == {house, at_hotel, at_brygga}


def test_the_story_tells_notes_to_the_people_they_are_for(nora, hotel, brygga):
    make_note(nora, "house", now=NOW - timedelta(hours=2))
    make_note(nora, "brygga", venue=brygga, now=NOW - timedelta(hours=1))

    def told_to(*venues):
        story = timeline_of(nora, venue_ids=[venue.pk for venue in venues])
        return [entry.subject.text for entry in story.entries]

    assert told_to() == told_to(brygga) == ["brygga", "house"]
    assert told_to(hotel) == ["house"]


@pytest.mark.parametrize("more", [0, 8])
def test_the_story_costs_the_same_however_many_notes_there_are(
    nora, alba, django_assert_num_queries, more
):
    for number in range(1 + more):
        change(make_note(nora, f"note {number}"), "changed", seen=1, actor=alba)

    with django_assert_num_queries(2):
        entries = note_entries(nora, None, 20)
        read = [len(entry.subject.versions.all()) for entry in entries]

    assert read == [2] * (1 + more)


def test_cards_remind_of_what_is_on_top_where_it_belongs(nora, hotel, brygga):
    make_note(nora, "Only in the story.")
    make_note(nora, "Bring\nthe high chair. " + "x" * 200, is_pinned=True)
    make_note(nora, "Sits outside.", is_pinned=True, venue=brygga, now=LATER)
    at_hotel = make_visit(nora, venue=hotel, state="booked")
    at_brygga = make_visit(nora, venue=brygga, state="booked")

    notes = notes_for(nora.business, [at_hotel, at_brygga])

    line = "Bring the high chair. " + "x" * 67 + "…"
    assert [r for r in notes[at_hotel.pk].reminders if "email" not in r] == [line]
    assert [r for r in notes[at_brygga.pk].reminders if "email" not in r] == [
        "Sits outside.",
        line,
    ]


def test_what_is_on_top_is_for_those_who_see_it(nora, hotel, brygga):
    note = make_note(nora, venue=brygga, is_pinned=True)

    assert pinned_notes(nora, [brygga.pk]) == [note]
    assert pinned_notes(nora, [hotel.pk]) == []


def test_nothing_is_written_about_a_guest_who_was_forgotten(nora, alba):
    erase_guest(nora, actor=alba, now=NOW)

    with pytest.raises(GuestIsForgotten):
        make_note(nora)

    assert not Note.objects.exists()
