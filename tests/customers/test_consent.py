from datetime import timedelta

import pytest

from customers.consent import (
    Basis,
    consent_states,
    current_wording,
    note_soft_opt_in,
    record_consent,
)
from customers.models import Channel, ConsentEvent, ConsentWording, Purpose
from customers.visits import step_back
from tests.factories import NOW, allow, make_guest, make_visit

Source = ConsentEvent.Source
LATER = NOW + timedelta(days=1)


def refuse(guest, purpose=Purpose.SURVEY, *, channel=Channel.EMAIL, now=NOW):
    return record_consent(
        guest,
        purpose=purpose,
        channel=channel,
        is_granted=False,
        source=Source.UNSUBSCRIBE,
        now=now,
    )


def say_at_booking(business, purpose, version=1):
    return ConsentWording.objects.create(
        business=business,
        purpose=purpose,
        basis=Basis.SOFT_OPT_IN,
        version=version,
        texts={"en": "We write once after your visit."},
        created_at=NOW,
    )


def granted(guest):
    return {
        (purpose, channel): state.is_granted
        for (_pk, purpose, channel), state in consent_states([guest.pk]).items()
    }


def test_silence_is_silence(nora):
    assert consent_states([nora.pk]) == {}


def test_the_newest_word_holds_for_its_purpose_and_channel_only(nora):
    allow(nora, Purpose.SURVEY)
    allow(nora, Purpose.MARKETING)
    allow(nora, Purpose.SURVEY, channel=Channel.SMS)

    refuse(nora, Purpose.SURVEY, now=LATER)

    assert granted(nora) == {
        ("survey", "email"): False,
        ("marketing", "email"): True,
        ("survey", "sms"): True,
    }


def test_of_two_words_at_one_instant_the_later_written_holds(nora):
    allow(nora, now=NOW)
    refuse(nora, now=NOW)

    assert granted(nora) == {("survey", "email"): False}


def test_the_proof_holds_the_sentence_that_was_shown(casa_alba, nora):
    wording = ConsentWording.objects.create(
        business=casa_alba,
        purpose=Purpose.SURVEY,
        basis=Basis.CONSENT,
        version=1,
        texts={"en": "May we ask?"},
        created_at=NOW,
    )

    event = allow(nora)

    assert (event.wording, current_wording(casa_alba, "survey", "consent")) == (
        wording,
        wording,
    )


def test_a_paid_visit_is_a_soft_opt_in_where_the_house_says_so(casa_alba):
    say_at_booking(casa_alba, Purpose.SURVEY)
    guest = make_guest(casa_alba, emails=("nora@example.no",), phones=("40612345",))

    visit = make_visit(guest, spend=100)

    assert granted(guest) == {("survey", "email"): True, ("survey", "sms"): True}
    events = ConsentEvent.objects.filter(guest=guest)
    assert set(events.values_list("basis", "source", "sale_visit")) == {
        ("soft_opt_in", "booking", visit.pk)
    }


@pytest.mark.parametrize(
    ("contacts", "spend", "has_notice"),
    [
        ({"emails": ("nora@example.no",)}, 0, True),
        ({"emails": ("nora@example.no",)}, 100, False),
        ({}, 100, True),
        ({"emails": ("abc@guest.booking.com",)}, 100, True),
    ],
    ids=["nothing paid", "no notice", "no address", "a booking site's address"],
)
def test_without_all_of_it_nothing_is_assumed(casa_alba, contacts, spend, has_notice):
    if has_notice:
        say_at_booking(casa_alba, Purpose.SURVEY)
    guest = make_guest(casa_alba, **contacts)

    make_visit(guest, spend=spend)

    assert granted(guest) == {}


def test_who_has_said_no_is_not_opted_in_by_coming_again(casa_alba):
    say_at_booking(casa_alba, Purpose.SURVEY)
    guest = make_guest(casa_alba, emails=("nora@example.no",))
    refuse(guest)

    visit = make_visit(guest, now=LATER)
    note_soft_opt_in(visit, now=LATER)

    assert granted(guest) == {("survey", "email"): False}


def test_a_soft_opt_in_falls_with_the_sale_it_rests_on(casa_alba):
    say_at_booking(casa_alba, Purpose.SURVEY)
    guest = make_guest(casa_alba, emails=("nora@example.no",))
    visit = make_visit(guest)
    before = consent_states([guest.pk])[guest.pk, "survey", "email"].has_sale

    step_back(visit, to="in_house", actor=None, now=LATER)

    after = consent_states([guest.pk])[guest.pk, "survey", "email"].has_sale
    assert (before, after) == (True, False)


def test_after_a_fallen_sale_the_next_one_counts(casa_alba):
    say_at_booking(casa_alba, Purpose.SURVEY)
    guest = make_guest(casa_alba, emails=("nora@example.no",))
    step_back(make_visit(guest), to="in_house", actor=None, now=LATER)

    make_visit(guest, now=LATER)

    assert consent_states([guest.pk])[guest.pk, "survey", "email"].has_sale


def test_states_of_many_guests_are_one_query(casa_alba, django_assert_num_queries):
    guests = [make_guest(casa_alba) for _ in range(3)]
    for guest in guests:
        allow(guest)

    with django_assert_num_queries(1):
        states = consent_states([guest.pk for guest in guests])

    assert {key[0] for key in states} == {guest.pk for guest in guests}
