from datetime import timedelta

import pytest

from customers.models import Agreement, ConsentEvent
from customers.profile import agreements
from customers.profile.agreements import (
    agreed,
    agreements_of,
    holds,
    record_agreement,
    who_agreed,
    wording_for,
)
from tests.factories import NOW, make_guest

PHOTO, HEALTH = Agreement.Subject.PHOTO, Agreement.Subject.HEALTH


def say(guest, is_granted, subject=PHOTO, *, actor=None, now=NOW):
    return record_agreement(
        guest,
        subject=subject,
        is_granted=is_granted,
        wording="May we keep a photo of you?",
        language="en",
        source=ConsentEvent.Source.DESK,
        actor=actor,
        now=now,
    )


def test_nothing_holds_before_the_guest_was_asked(nora):
    assert not holds(nora, PHOTO)
    assert agreements_of(nora) == []


def test_a_yes_holds_for_its_subject_alone(nora):
    said = say(nora, True)

    assert agreed(nora, PHOTO) == said
    assert holds(nora, PHOTO)
    assert not holds(nora, HEALTH)


def test_the_last_word_counts(nora):
    say(nora, True)
    say(nora, False, now=NOW + timedelta(minutes=1))
    assert not holds(nora, PHOTO)

    again = say(nora, True, now=NOW + timedelta(minutes=2))
    assert agreements_of(nora) == [again]


def test_of_two_words_in_the_same_moment_the_later_counts(nora):
    say(nora, True)
    say(nora, False)

    assert not holds(nora, PHOTO)


def test_what_many_guests_agreed_to_is_one_query(
    casa_alba, nora, django_assert_num_queries
):
    olaf, ida = make_guest(casa_alba, "Olaf Berg"), make_guest(casa_alba, "Ida Lie")
    say(nora, True)
    say(olaf, True)
    say(olaf, False, now=NOW + timedelta(minutes=1))
    say(ida, True, HEALTH)

    with django_assert_num_queries(1):
        assert who_agreed([nora.pk, olaf.pk, ida.pk], PHOTO) == {nora.pk}


def test_the_sentence_is_in_the_guests_language_else_in_that_of_the_house(casa_alba):
    speaks_german = make_guest(casa_alba, "Jan Koch", language="de")
    unknown = make_guest(casa_alba, "Ida Lie", language="")

    assert wording_for(speaks_german, PHOTO).language == "de"
    assert wording_for(unknown, PHOTO).language == casa_alba.language == "nb"
    assert wording_for(make_guest(casa_alba, language="en"), HEALTH).text == (
        "May we remember your allergies and other health needs, so that you need not "
        "tell us again next time? You can change your mind at any time."
    )


@pytest.mark.parametrize("subject", Agreement.Subject)
def test_every_sentence_fits_its_place(casa_alba, subject, settings):
    longest = Agreement._meta.get_field("wording").max_length

    for language in settings.GUEST_LANGUAGES:
        guest = make_guest(casa_alba, language=language)
        assert 0 < len(wording_for(guest, subject).text) <= longest


def test_a_no_lets_go_of_what_was_kept_and_a_yes_does_not(nora, alba, monkeypatch):
    let_go = []
    monkeypatch.setitem(
        agreements._letting_go, PHOTO, lambda *told: let_go.append(told)
    )

    say(nora, True, actor=alba)
    say(nora, False, HEALTH, actor=alba)
    assert let_go == []

    say(nora, False, actor=alba)
    assert let_go == [(nora, alba, NOW)]


def test_the_log_says_who_noted_it_and_about_what(nora, alba, casa_alba):
    say(nora, True, actor=alba)
    say(nora, False, HEALTH, actor=alba)

    events = casa_alba.audit_events.filter(actor=alba).order_by("pk")
    assert list(events.values_list("action", "fields", "object_ref")) == [
        ("consent_granted", ["photo"], str(nora.uuid)),
        ("consent_withdrawn", ["health"], str(nora.uuid)),
    ]
