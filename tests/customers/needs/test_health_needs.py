from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.audit.models import Event
from crm.core.encryption import unseal
from customers.holding import GuestIsForgotten
from customers.models import Agreement, HealthNeed, Visit
from customers.needs.health_needs import (
    HEALTH,
    NotAgreed,
    forget_old_needs,
    looked_at,
    needs_for,
    needs_seen,
    note_need,
    remove_need,
    visits_with_needs,
)
from customers.needs.showing import needs_on_cards
from customers.privacy.erasure import erase_guest
from customers.privacy.export import export_guest, sections_of
from customers.profile.agreements import record_agreement, wording_for
from customers.searching.search import search_guests
from customers.timeline import timeline_of
from customers.visits import cancel
from tests.factories import NOW, TODAY, make_guest, make_venue, make_visit

State = Visit.State
WORDS = "No nuts, zebra"


@pytest.fixture
def stay(nora):
    return make_visit(nora, state=State.BOOKED, arrival_date=TODAY)


def note(guest, words=WORDS, *, visit=None, actor, says_yes=True, now=NOW):
    wording = wording_for(guest, HEALTH) if says_yes and visit is None else None
    return note_need(
        guest, words, visit=visit, says_yes_to=wording, actor=actor, now=now
    )


def take_back(guest, *, now=NOW):
    record_agreement(
        guest,
        subject=HEALTH,
        is_granted=False,
        wording="You may remember it.",
        language="en",
        source="desk",
        actor=None,
        now=now,
    )


def words_of(guest, needs, actor):
    return [one.words for one in looked_at(guest, needs, actor=actor, now=NOW)]


def whole_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_healthneed")
        return b" ".join(
            bytes(value) if isinstance(value, (bytes, memoryview)) else
            str(value).encode()
            for row in cursor.fetchall()
            for value in row
        )  # fmt: skip


def test_a_need_is_noted_for_a_visit_and_read_again(nora, stay, alba):
    need = note(nora, visit=stay, actor=alba)

    assert (need.visit, need.agreement, need.noted_by) == (stay, None, alba)
    assert words_of(nora, needs_seen(nora, []), alba) == [WORDS]


def test_the_database_holds_nothing_that_can_be_read(nora, stay, alba):
    need = note(nora, visit=stay, actor=alba)

    table = whole_table().lower()
    assert str(need.uuid).encode() in table
    assert b"nuts" not in table
    assert b"zebra" not in table


def test_to_be_remembered_takes_a_yes_that_is_written_down_with_its_words(nora, alba):
    need = note(nora, actor=alba)

    agreement = Agreement.objects.get()
    assert need.agreement == agreement
    assert (agreement.subject, agreement.is_granted) == (HEALTH, True)
    assert agreement.language == "nb"
    assert agreement.wording == wording_for(nora, HEALTH).text
    assert need.visit is None


def test_without_a_yes_nothing_is_remembered(nora, alba):
    with pytest.raises(NotAgreed):
        note(nora, actor=alba, says_yes=False)

    assert not HealthNeed.objects.exists()


def test_a_yes_that_holds_needs_not_be_said_again(nora, alba):
    first = note(nora, actor=alba)

    second = note(nora, "No stairs", actor=alba, says_yes=False)

    assert second.agreement == first.agreement
    assert Agreement.objects.count() == 1


def test_a_yes_that_was_taken_back_does_not_count(nora, alba):
    note(nora, actor=alba)
    take_back(nora, now=NOW + timedelta(minutes=1))

    with pytest.raises(NotAgreed):
        note(nora, actor=alba, says_yes=False, now=NOW + timedelta(minutes=2))


def test_taking_the_yes_back_deletes_what_was_remembered_at_once(nora, stay, alba):
    note(nora, "remembered", actor=alba)
    note(nora, "this visit", visit=stay, actor=alba)

    take_back(nora, now=NOW + timedelta(minutes=1))

    assert words_of(nora, needs_seen(nora, []), alba) == ["this visit"]


def test_a_visit_heeds_its_own_needs_and_those_that_are_remembered(nora, stay, alba):
    other = make_visit(nora, state=State.BOOKED, arrival_date=TODAY)
    stranger = make_visit(make_guest(nora.business), state=State.BOOKED)
    note(nora, "this visit", visit=stay, actor=alba)
    note(nora, "other visit", visit=other, actor=alba)
    note(nora, "always", actor=alba)

    assert words_of(nora, needs_for(stay), alba) == ["this visit", "always"]
    assert visits_with_needs([stay, other, stranger]) == {stay.pk, other.pk}


def test_a_need_of_another_visit_marks_no_card(nora, stay, alba):
    other = make_visit(nora, state=State.BOOKED, arrival_date=TODAY)
    note(nora, visit=other, actor=alba)

    notes = needs_on_cards(nora.business, [stay, other])

    marks = {pk: one.parts[0].context for pk, one in notes.items()}
    assert marks == {stay.pk: {"has_needs": False}, other.pk: {"has_needs": True}}


def test_people_of_one_venue_see_what_they_must_heed(nora, stay, alba):
    brygga = make_venue(nora.business, "Brygga")
    note(nora, "hotel", visit=stay, actor=alba)
    note(nora, "always", actor=alba)

    seen = words_of(nora, needs_seen(nora, [brygga.pk]), alba)

    assert seen == ["always"]


def test_each_look_is_written_down_and_no_word_of_it(nora, stay, alba):
    need = note(nora, visit=stay, actor=alba)
    looked_at(nora, needs_seen(nora, []), actor=alba, now=NOW)
    looked_at(nora, needs_for(stay), actor=alba, now=NOW)
    remove_need(need, actor=alba, now=NOW)
    remove_need(need, actor=alba, now=NOW)

    events = Event.objects.filter(object_ref=str(nora.uuid)).order_by("pk")
    assert list(events.values_list("action", "fields", "actor"))[1:] == [
        ("amended", ["health_needs"], alba.pk),
        ("looked_at_needs", [], alba.pk),
        ("looked_at_needs", [], alba.pk),
        ("amended", ["health_needs"], alba.pk),
    ]
    assert "zebra" not in str(list(Event.objects.values()))


def test_a_removed_need_leaves_nothing(nora, stay, alba):
    remove_need(note(nora, visit=stay, actor=alba), actor=alba, now=NOW)

    assert not HealthNeed.objects.exists()


@pytest.mark.parametrize(("days", "is_kept"), [(13, True), (14, False)])
@pytest.mark.parametrize("state", [State.BOOKED, State.COMPLETED])
def test_what_is_for_a_visit_goes_fourteen_days_after_it(
    nora, alba, state, days, is_kept
):
    visit = make_visit(nora, state=state, arrival_date=TODAY, nights=2)
    note(nora, visit=visit, actor=alba)

    gone = forget_old_needs(now=NOW + timedelta(days=2 + days))

    assert (gone, HealthNeed.objects.exists()) == (not is_kept, is_kept)


def test_the_day_is_that_of_the_venue(nora, alba):
    # In Auckland it is tomorrow already.
    far = make_venue(nora.business, "Far", time_zone="Pacific/Auckland")
    here = make_visit(nora, state=State.BOOKED, arrival_date=TODAY, nights=0)
    there = make_visit(
        nora, state=State.BOOKED, arrival_date=TODAY, nights=0, venue=far
    )
    note(nora, "here", visit=here, actor=alba)
    note(nora, "there", visit=there, actor=alba)
    evening = NOW.replace(hour=20) + timedelta(days=13)

    forget_old_needs(now=evening)

    assert words_of(nora, needs_seen(nora, []), alba) == ["here"]


# One night, 14 days after it, and 60 days that a departure may be forgotten for.
@pytest.mark.parametrize(("days", "gone"), [(40, 0), (74, 0), (75, 1)])
def test_who_stays_longer_is_still_looked_after(nora, alba, days, gone):
    visit = make_visit(nora, state=State.IN_HOUSE, arrival_date=TODAY, nights=1)
    note(nora, visit=visit, actor=alba)

    assert forget_old_needs(now=NOW + timedelta(days=days)) == gone


@pytest.mark.parametrize(("days", "left"), [(13, 1), (14, 0)])
def test_a_visit_that_is_called_off_is_over_then(nora, alba, days, left):
    visit = make_visit(nora, state=State.BOOKED, arrival_date=date(2027, 6, 1))
    note(nora, visit=visit, actor=alba)
    cancel(visit, actor=alba, now=NOW)

    forget_old_needs(now=NOW + timedelta(days=days))

    assert HealthNeed.objects.count() == left


def test_what_is_remembered_stays_as_long_as_the_yes(nora, alba):
    note(nora, actor=alba)
    years_later = NOW + timedelta(days=900)

    kept = forget_old_needs(now=years_later)
    # However the yes ended: here without the act that lets go.
    Agreement.objects.update(is_granted=False)
    gone = forget_old_needs(now=years_later)

    assert (kept, gone) == (0, 1)


def test_marks_on_cards_cost_one_query(nora, stay, alba, django_assert_num_queries):
    for _ in range(3):
        note(nora, actor=alba)
    visits = [stay, *(make_visit(make_guest(nora.business)) for _ in range(3))]

    with django_assert_num_queries(1):
        notes = needs_on_cards(nora.business, visits)

    marked = [pk for pk in notes if notes[pk].parts[0].context["has_needs"]]
    assert marked == [stay.pk]


def test_needs_are_not_found_by_search_and_not_told_in_the_story(nora, stay, alba):
    note(nora, visit=stay, actor=alba)
    note(nora, actor=alba)

    story = timeline_of(nora).entries

    assert list(search_guests(nora.business, "zebra")) == []
    assert {type(entry.subject).__name__ for entry in story} == {"Visit"}


def test_the_guests_own_copy_says_it_in_words(nora, stay, alba):
    note(nora, visit=stay, actor=alba)

    row = export_guest(nora)["customers.healthneed"][0]
    section = next(
        section
        for section in sections_of(nora)
        if section.title == "Allergies and other needs"
    )

    assert row["sealed"] == WORDS
    assert ("Words", WORDS) in section.only_row


def test_a_lost_key_makes_a_sentence_of_it(nora, stay, alba, settings):
    note(nora, visit=stay, actor=alba)
    settings.FIELD_ENCRYPTION_KEYS = ["another"]

    row = export_guest(nora)["customers.healthneed"][0]

    assert words_of(nora, needs_seen(nora, []), alba) == [None]
    assert row["sealed"] == "We can no longer read this."


def test_nothing_is_noted_about_a_guest_who_was_forgotten(nora, alba):
    erase_guest(nora, actor=alba, now=NOW)

    with pytest.raises(GuestIsForgotten):
        note(nora, actor=alba)


def test_forgetting_a_guest_deletes_their_needs(nora, alba):
    note(nora, actor=alba)

    erase_guest(nora, actor=alba, now=NOW)

    assert not HealthNeed.objects.exists()


def rotate():
    said = StringIO()
    call_command("rotate_field_keys", stdout=said)
    return said.getvalue()


def test_needs_move_under_a_new_key_and_the_old_one_can_go(
    nora, stay, alba, settings, monkeypatch
):
    monkeypatch.setattr("customers.needs.key_rotation.CHUNK", 2)
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    for number in range(5):
        note(nora, f"need {number}", visit=stay, actor=alba)
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]
    note(nora, "need 5", visit=stay, actor=alba)

    first, second = rotate(), rotate()

    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    assert [unseal(need.sealed) for need in HealthNeed.objects.order_by("pk")] == [
        f"need {number}" for number in range(6)
    ]
    assert first == ("Moved under the first key: 5.\nNone is left under another key.\n")
    assert second == (
        "Moved under the first key: 0.\nNone is left under another key.\n"
    )


def test_what_no_key_opens_is_left_and_counted(nora, stay, alba, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["lost"]
    note(nora, visit=stay, actor=alba)
    settings.FIELD_ENCRYPTION_KEYS = ["new"]

    with pytest.raises(CommandError, match="1 cannot be opened with any of the keys"):
        rotate()

    settings.FIELD_ENCRYPTION_KEYS = ["lost"]
    assert words_of(nora, needs_seen(nora, []), alba) == [WORDS]
