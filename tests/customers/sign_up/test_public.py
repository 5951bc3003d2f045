import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import (
    ConsentEvent,
    DuplicatePair,
    Guest,
    SignUp,
    SignUpPage,
    Suppression,
)
from customers.sign_up.pages import open_page, path_of
from customers.sign_up.signing_up import let_go_of_sign_ups, token_of
from customers.suppressions import suppress
from outreach.models import Message
from tests.factories import make_guest

TYPED = {
    "given_name": "Nora",
    "family_name": "Østby",
    "email": "Nora@Post.no",
    "marketing": "on",
}


@pytest.fixture
def page(casa_alba, alba):
    return open_page(casa_alba.venues.get(), actor=alba, now=timezone.now())


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def stamp_of(answer):
    return re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())[1]


@pytest.fixture
def fill_in(page, visitor, time_machine):
    """Open the form, wait as people do, and send it."""

    def send(query="?lang=en", wait=10, **typed):
        stamp = stamp_of(visitor.get(path_of(page) + query))
        time_machine.shift(timedelta(seconds=wait))
        return visitor.post(path_of(page) + query, TYPED | {"stamp": stamp} | typed)

    time_machine.move_to(timezone.now(), tick=False)
    return send


def confirm(visitor, **choice):
    sign_up = SignUp.objects.latest("pk")
    path = reverse("join:confirm", args=[token_of(sign_up)])
    return visitor.post(path, choice or {"yes": "1"})


def test_somebody_signs_up_without_cookies_and_is_asked_by_mail(page, fill_in, visitor):
    answer = fill_in()

    assert answer.status_code == 302
    assert answer["Location"] == f"{path_of(page)}?lang=en&sent=1"
    assert visitor.cookies == {}
    assert Guest.objects.count() == 0
    sign_up = SignUp.objects.get()
    assert (sign_up.email, sign_up.language) == ("nora@post.no", "en")
    letter = Message.objects.get()
    assert (letter.to_address, letter.guest) == ("nora@post.no", None)
    assert letter.subject == "Was it you who signed up with Hotellet?"


def test_nothing_that_was_typed_stands_in_the_mail(fill_in):
    fill_in(given_name="BUY CHEAP", family_name="www.spam.example")

    letter = Message.objects.get()
    written = letter.subject + letter.body_text + letter.body_html
    assert "BUY" not in written
    assert "spam" not in written


def test_looking_at_the_link_does_nothing(fill_in, visitor):
    fill_in()
    path = reverse("join:confirm", args=[token_of(SignUp.objects.get())])

    answer = visitor.get(path)

    assert "Do you want to sign up with Hotellet?" in answer.content.decode()
    assert "You may send me news and offers." in answer.content.decode()
    assert (Guest.objects.count(), ConsentEvent.objects.count()) == (0, 0)


def test_the_address_says_yes_and_a_guest_is_made_with_proof(
    casa_alba, fill_in, visitor
):
    casa_alba.language = "en"
    casa_alba.save(update_fields=["language"])
    fill_in()

    answer = confirm(visitor)

    assert answer.status_code == 302
    assert "You are signed up" in visitor.get(answer["Location"]).content.decode()
    nora = Guest.objects.get()
    assert (nora.display_name, nora.language) == ("Nora Østby", "en")
    assert nora.source == "Signed up at Hotellet"
    assert nora.contact_points.get().normalized == "nora@post.no"
    sign_up = SignUp.objects.get()
    consent = nora.consent_events.get()
    assert (consent.purpose, consent.channel, consent.is_granted, consent.source) == (
        "marketing", "email", True, "sign_up",
    )  # fmt: skip
    assert consent.wording_id == sign_up.agreed["marketing"]
    assert consent.evidence.startswith(f"sign-up {sign_up.uuid}, shown in en, asked 20")
    assert (sign_up.guest, sign_up.email, sign_up.given_name) == (nora, "", "")
    assert Message.objects.get().guest == nora


def test_confirming_twice_is_confirming_once(fill_in, visitor):
    fill_in()

    confirm(visitor)
    confirm(visitor)

    assert (Guest.objects.count(), ConsentEvent.objects.count()) == (1, 1)


def test_the_same_form_sent_twice_is_one_sign_up(page, visitor, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    stamp = stamp_of(visitor.get(path_of(page)))
    time_machine.shift(timedelta(seconds=10))

    visitor.post(path_of(page), TYPED | {"stamp": stamp})
    visitor.post(path_of(page), TYPED | {"stamp": stamp})

    assert (SignUp.objects.count(), Message.objects.count()) == (1, 1)


def test_a_guest_we_know_is_met_by_address_and_name(casa_alba, fill_in, visitor):
    nora = make_guest(
        casa_alba, "Nora Østby", emails=("nora@post.no",), language="", source="web"
    )
    fill_in(given_name="nora marie", family_name="Ostby")

    confirm(visitor)

    nora.refresh_from_db()
    assert Guest.objects.get() == nora
    assert (nora.display_name, nora.source, nora.language) == (
        "Nora Østby", "web", "en",
    )  # fmt: skip
    assert nora.consent_events.get().source == "sign_up"
    assert SignUp.objects.get().is_new_guest is False


def test_another_name_at_the_address_is_another_guest_to_look_at(
    casa_alba, fill_in, visitor
):
    otto = make_guest(casa_alba, "Otto Østby", emails=("nora@post.no",))
    fill_in()

    confirm(visitor)

    nora = Guest.objects.exclude(pk=otto.pk).get()
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.noted_for) == (otto, nora, "sign_up")
    assert otto.consent_events.count() == 0


def test_nobody_learns_who_is_a_guest(casa_alba, fill_in):
    stranger = fill_in(email="stranger@post.no")
    make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    known = fill_in()

    assert (known.status_code, known["Location"], known.content) == (
        stranger.status_code, stranger["Location"], stranger.content,
    )  # fmt: skip
    first, second = Message.objects.order_by("pk")
    assert (first.subject, first.status, first.kind, len(first.body_text)) == (
        second.subject, second.status, second.kind, len(second.body_text),
    )  # fmt: skip


def test_signing_up_looks_nobody_up(casa_alba, fill_in):
    make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    with CaptureQueriesContext(connection) as asked:
        fill_in()

    tables = set(
        re.findall(r'(?:FROM|JOIN) "(customers_\w+)"', str(asked.captured_queries))
    )
    assert tables == {
        "customers_consentwording", "customers_signup", "customers_signuppage"
    }  # fmt: skip


def test_a_yes_reopens_what_its_owner_had_closed(casa_alba, fill_in, visitor):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    suppress(
        business=casa_alba,
        channel="email",
        fingerprint=nora.contact_points.get().fingerprint,
        scope="marketing",
        reason=Suppression.Reason.UNSUBSCRIBED,
        now=timezone.now(),
    )
    fill_in()

    confirm(visitor)

    assert Suppression.objects.filter(lifted_at=None).count() == 0


def test_who_says_that_it_was_not_them_is_left_alone(fill_in, visitor):
    fill_in()

    answer = confirm(visitor, no="1")

    assert "It is deleted." in answer.content.decode()
    assert (SignUp.objects.count(), Guest.objects.count()) == (0, 0)


def test_what_nobody_confirms_goes_after_a_week(fill_in, visitor, time_machine):
    fill_in()
    sign_up = SignUp.objects.get()
    path = reverse("join:confirm", args=[token_of(sign_up)])
    time_machine.shift(timedelta(days=7))

    assert visitor.post(path, {"yes": "1"}).status_code == 404
    assert let_go_of_sign_ups(now=timezone.now()) == 1
    assert visitor.get(path).status_code == 404
    assert Guest.objects.count() == 0


def test_what_is_confirmed_stays_as_proof(fill_in, visitor, time_machine):
    fill_in()
    confirm(visitor)
    time_machine.shift(timedelta(days=30))

    assert let_go_of_sign_ups(now=timezone.now()) == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"given_name": " "}, "Write your name."),
        ({"email": ""}, "Write your email address."),
        ({"email": "nora at home"}, "This does not look like an email address."),
        ({"marketing": ""}, "Tick what we may write to you about."),
        ({"given_name": "4111 1111 1111 1111"}, "There is a card number in this."),
        ({"given_name": "N" * 81}, "at most 80"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(fill_in, typed, sentence):
    answer = fill_in(**typed)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert (SignUp.objects.count(), Message.objects.count()) == (0, 0)


def test_a_machine_that_sends_at_once_is_asked_to_wait(fill_in):
    answer = fill_in(wait=1)

    assert "That was quick!" in answer.content.decode()
    assert 'value="Nora"' in answer.content.decode()
    assert SignUp.objects.count() == 0


def test_who_waits_then_goes_through_with_the_same_stamp(
    page, fill_in, visitor, time_machine
):
    stamp = stamp_of(fill_in(wait=1))
    time_machine.shift(timedelta(seconds=3))

    answer = visitor.post(path_of(page), TYPED | {"stamp": stamp})

    assert (answer.status_code, SignUp.objects.count()) == (302, 1)


def test_a_field_that_no_person_sees_catches_machines_and_tells_people(fill_in):
    answer = fill_in(website="http://spam.example")

    assert "A field that people do not see was filled in." in answer.content.decode()
    assert "spam.example" not in answer.content.decode()
    assert SignUp.objects.count() == 0


@pytest.mark.parametrize("stamp", ["", "made:up", "x" * 4000, "null:AAAA"])
def test_a_stamp_that_is_not_ours_is_renewed(fill_in, stamp):
    answer = fill_in(stamp=stamp)

    assert "Please press the button once more." in answer.content.decode()
    assert SignUp.objects.count() == 0


def test_the_stamp_of_another_form_is_not_good(page, bar_carla, carla, fill_in):
    other = open_page(bar_carla.venues.get(), actor=carla, now=timezone.now())
    stamp = stamp_of(Client().get(path_of(other)))

    fill_in(stamp=stamp)

    assert SignUp.objects.count() == 0


def test_a_form_of_yesterday_is_shown_anew(fill_in):
    answer = fill_in(wait=90_000)

    assert "The form stood open for long." in answer.content.decode()


def test_an_address_gets_three_mails_a_day_and_the_page_says_the_same(fill_in):
    answers = [fill_in() for _time in range(5)]

    assert {answer.status_code for answer in answers} == {302}
    assert (SignUp.objects.count(), Message.objects.count()) == (3, 3)


def test_one_place_cannot_go_on_for_ever_and_is_told(fill_in, monkeypatch):
    monkeypatch.setattr("customers.sign_up.public._FROM_ONE_PLACE", 2)
    answers = [fill_in(email=f"n{n}@post.no") for n in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Many have signed up here just now." in answers[2].content.decode()
    assert 'value="Nora"' in answers[2].content.decode()


def test_a_change_of_language_keeps_what_is_typed(page, visitor):
    stamp = stamp_of(visitor.get(path_of(page) + "?lang=en"))

    answer = visitor.post(path_of(page), TYPED | {"stamp": stamp, "switch": "de"})

    assert answer["Content-Language"] == "de"
    assert 'value="Nora"' in answer.content.decode()
    assert stamp_of(answer).split(":")[0] == stamp.split(":")[0]
    assert SignUp.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "nb", "nn", "sv", "da", "fi", "de"])
def test_the_form_is_there_in_every_language(page, visitor, language):
    answer = visitor.get(path_of(page), {"lang": language})

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.content.decode()


def test_the_words_that_were_shown_are_the_words_that_count(
    casa_alba, page, visitor, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    stamp = stamp_of(visitor.get(path_of(page)))
    shown = casa_alba.consent_wordings.get(purpose="marketing")
    casa_alba.consent_wordings.update(is_current=False)
    time_machine.shift(timedelta(seconds=9))

    visitor.post(path_of(page), TYPED | {"stamp": stamp})

    assert SignUp.objects.get().agreed == {"marketing": shown.pk}


def test_a_closed_form_says_so(page, visitor):
    SignUpPage.objects.update(is_open=False)

    answer = visitor.get(path_of(page) + "?lang=en")

    assert (answer.status_code, SignUp.objects.count()) == (410, 0)
    assert "This form is closed just now." in answer.content.decode()


def test_a_made_up_link_leads_nowhere(db, visitor):
    assert visitor.get("/join/made-up/").status_code == 404
    assert visitor.get("/join/yes/made-up/").status_code == 404


def test_a_forgotten_guests_link_leads_nowhere(fill_in, visitor):
    fill_in()
    confirm(visitor)
    path = reverse("join:confirm", args=[token_of(SignUp.objects.get())])
    Guest.objects.update(erased_at=timezone.now())

    assert visitor.get(path).status_code == 404


def test_what_else_is_asked_for_reaches_the_guest(casa_alba, page, fill_in, visitor):
    SignUpPage.objects.update(asks=["phone", "birthday"])
    casa_alba.country = "NO"
    casa_alba.save(update_fields=["country"])

    fill_in(phone="406 12 345", birthday_day="29", birthday_month="2")
    confirm(visitor)

    nora = Guest.objects.get()
    assert (nora.birthday_day, nora.birthday_month) == (29, 2)
    assert set(nora.contact_points.values_list("normalized", flat=True)) == {
        "nora@post.no", "+4740612345",
    }  # fmt: skip


def test_half_a_birthday_is_asked_about(page, fill_in):
    SignUpPage.objects.update(asks=["birthday"])

    answer = fill_in(birthday_day="30", birthday_month="2")

    assert "Write both day and month." in answer.content.decode()


def test_the_page_is_small(page, visitor):
    SignUpPage.objects.update(
        asks=["phone", "birthday"], offers=["marketing", "survey"]
    )

    assert len(visitor.get(path_of(page)).content) < 30_000
