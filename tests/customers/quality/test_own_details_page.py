import re
from datetime import timedelta

import pytest

from crm.core.signing import public_token
from customers.guests import contact_points_of
from customers.merging.merging import merge_guests
from customers.models import ContactPoint, EmailChange
from customers.privacy.erasure import erase_guest
from customers.quality.details_links import (
    MOST_ANSWERS,
    OPEN_FOR,
    ask_for_details,
    details_link,
    token_of,
)
from customers.quality.email_changes import (
    CONFIRM_WITHIN,
    MOST_A_DAY,
    NEW,
    OLD,
    REFUSE_WITHIN,
    confirm_email,
    forget_old_changes,
    refuse_email,
)
from outreach.models import Message
from outreach.writing.links import personal_links
from tests.factories import NOW, make_guest

pytestmark = pytest.mark.usefixtures("morning")

Kind = ContactPoint.Kind


@pytest.fixture
def nora(casa_alba):
    casa_alba.country = "NO"
    casa_alba.save(update_fields=["country"])
    return make_guest(
        casa_alba,
        "Nora Østby",
        emails=("nora@old.example", "second@old.example"),
        phones=("+47 406 12 345",),
        street="Strandgata 1",
        postal_code="6783",
        city="Stryn",
        country="NO",
        language="en",
        birthday_day=24,
        birthday_month=11,
    )


@pytest.fixture
def link(nora):
    return details_link(nora, occasion="a test", now=NOW)


HELD = {
    "given_name": "Nora",
    "family_name": "Østby",
    "email": "nora@old.example",
    "phone": "+47 40 61 23 45",
    "street": "Strandgata 1",
    "postal_code": "6783",
    "city": "Stryn",
    "country": "NO",
    "birthday_day": "24",
    "birthday_month": "11",
    "language": "en",
}


def page_of(link):
    return f"/d/{token_of(link)}/"


def save(client, link, **typed):
    return client.post(page_of(link), HELD | typed)


def wish(client, link, email="nora@new.example"):
    save(client, link, email=email)
    return EmailChange.objects.latest("pk")


def page_about(change, purpose):
    word = {NEW: "new", OLD: "old"}[purpose]
    return f"/d/{word}/{public_token(purpose, change.uuid)}/"


def emails_of(guest):
    return [point.normalized for point in contact_points_of(guest, Kind.EMAIL)]


def checks_of(guest):
    return dict(guest.fact_checks.values_list("fact", "outcome"))


def test_the_page_shows_what_is_known_sets_no_cookie_and_is_small(client, link):
    page = client.get(page_of(link))

    inputs = dict(
        re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page.content.decode())
    )
    shown = {name: inputs[name] for name in HELD if name in inputs}
    assert {**HELD, **shown} == HELD
    assert set(HELD) - set(shown) == {"country", "birthday_month", "language"}
    assert len(page.cookies) == 0
    assert len(page.content) < 30_000
    assert page["Referrer-Policy"] == "no-referrer"


def test_looking_stores_nothing(client, link):
    client.get(page_of(link))
    client.head(page_of(link))

    before = link.answers
    link.refresh_from_db()
    assert (before, link.answered_at) == (link.answers, None)


@pytest.mark.parametrize("language", ["en", "nb", "nn", "sv", "da", "fi", "de"])
def test_the_page_speaks_seven_languages(client, link, language):
    page = client.get(f"{page_of(link)}?lang={language}")

    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()


def test_another_language_keeps_what_was_typed(client, link, nora):
    page = client.post(page_of(link), HELD | {"city": "Bergen", "switch": "de"})

    nora.refresh_from_db()
    assert 'value="Bergen"' in page.content.decode()
    assert page["Content-Language"] == "de"
    assert nora.city == "Stryn"


def test_what_is_left_as_it_was_has_been_made_sure_of(client, link, nora, casa_alba):
    response = save(client, link)

    link.refresh_from_db()
    assert response.url == f"{page_of(link)}?lang=en&saved=1"
    assert checks_of(nora) == dict.fromkeys(
        ["name", "email", "phone", "address", "birthday", "language"], "same"
    )
    assert (link.answers, link.corrected) == (1, [])
    assert Message.objects.count() == 0


def test_what_is_put_right_counts_at_once(client, link, nora):
    save(client, link, street="Nygata 2", city="Bergen", phone="+47 911 11 111")

    nora.refresh_from_db()
    link.refresh_from_db()
    assert (nora.street, nora.city) == ("Nygata 2", "Bergen")
    assert [p.normalized for p in contact_points_of(nora, Kind.PHONE)] == [
        "+4791111111"
    ]
    assert checks_of(nora)["address"] == "told"
    assert nora.fact_checks.filter(is_by_guest=True).count() == 6
    assert link.corrected == ["phone", "address"]


def test_a_new_family_name_is_the_one_that_is_read(client, link, nora):
    save(client, link, family_name="Vik")

    nora.refresh_from_db()
    assert nora.display_name == "Nora Vik"


def test_what_is_emptied_is_forgotten_and_not_asked_for_again(client, link, nora):
    save(client, link, phone="", birthday_day="", birthday_month="", street="", city="")

    nora.refresh_from_db()
    assert contact_points_of(nora, Kind.PHONE) == []
    assert (nora.birthday_day, nora.street) == (None, "")
    assert checks_of(nora)["birthday"] == "declined"
    assert checks_of(nora)["phone"] == "declined"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "nobody"}, "This does not look like an email address."),
        ({"email": ""}, "To get no mails, use the link"),
        ({"email": "x@guest.booking.com"}, "Please write your own."),
        ({"phone": "one"}, "This does not look like a phone number."),
        ({"given_name": "", "family_name": ""}, "Write a name"),
        ({"birthday_day": "31", "birthday_month": "2"}, "has no day 31"),
        ({"birthday_day": ""}, "On which day?"),
        ({"street": "4111 1111 1111 1111"}, "card number"),
        ({"given_name": "N" * 81}, "at most 80"),
        ({"language": "tlh"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(client, link, nora, typed, said):
    page = save(client, link, **{"city": "Bergen"} | typed)

    nora.refresh_from_db()
    assert page.status_code == 200
    assert said in page.content.decode()
    assert nora.city == "Stryn"
    assert EmailChange.objects.count() == 0


def test_a_new_email_does_not_count_before_it_said_yes(client, link, nora):
    response = client.post(page_of(link), HELD | {"email": "Nora@New.example"})

    change = EmailChange.objects.get()
    message = Message.objects.get()
    assert response.url == f"{page_of(link)}?lang=en&saved=1&mailed=1"
    assert emails_of(nora) == ["nora@old.example", "second@old.example"]
    assert (change.old_address, change.new_address) == (
        "nora@old.example",
        "Nora@New.example",
    )
    assert (message.to_address, message.guest) == ("Nora@New.example", None)
    assert page_about(change, NEW) in personal_links(message)["new_email"]
    assert "Nora" not in message.body_text


def test_looking_at_the_link_in_the_mail_is_no_yes(client, link, nora):
    change = wish(client, link)

    client.get(page_about(change, NEW))

    assert emails_of(nora)[0] == "nora@old.example"


def test_the_new_address_says_yes_and_the_old_one_is_told(client, link, nora):
    change = wish(client, link)

    client.post(page_about(change, NEW))
    client.post(page_about(change, NEW))

    told = Message.objects.get(to_address="nora@old.example")
    assert emails_of(nora) == ["nora@new.example", "second@old.example"]
    assert page_about(change, OLD) in personal_links(told)["old_email"]
    assert "new.example" not in told.body_text + told.body_html
    assert checks_of(nora)["email"] == "told"
    assert "We write to you here from now on." in (
        client.get(page_about(change, NEW)).content.decode()
    )


def test_a_guest_without_an_address_gets_one_and_nobody_is_told(client, casa_alba):
    guest = make_guest(casa_alba, "Olaf Vik", language="en")
    link = details_link(guest, occasion="a test", now=NOW)
    client.post(
        page_of(link),
        {"given_name": "Olaf", "family_name": "Vik", "language": "en",
         "email": "olaf@new.example"},
    )  # fmt: skip

    confirm_email(EmailChange.objects.get(), now=NOW)

    assert emails_of(guest) == ["olaf@new.example"]
    assert Message.objects.count() == 1


def test_it_was_not_me_brings_the_old_address_back_and_closes_the_links(
    client, link, nora
):
    change = wish(client, link)
    confirm_email(change, now=NOW)
    looked_at = client.get(page_about(change, OLD))
    assert emails_of(nora)[0] == "nora@new.example"

    client.post(page_about(change, OLD))

    assert "It was not me: take it back" in looked_at.content.decode()
    assert emails_of(nora) == ["nora@old.example", "second@old.example"]
    assert client.get(page_of(link)).status_code == 410
    assert client.post(page_about(change, NEW)).status_code == 404
    assert nora.business.audit_events.latest("pk").action == "refused_change"


def test_who_says_it_before_the_change_stops_it(client, link, nora):
    change = wish(client, link)

    refuse_email(change, now=NOW)

    assert client.post(page_about(change, NEW)).status_code == 404
    assert emails_of(nora)[0] == "nora@old.example"


def test_a_newer_wish_takes_the_place_of_an_older(client, link, nora):
    older, newer = wish(client, link), wish(client, link, "nora@other.example")

    statuses = [client.post(page_about(one, NEW)).status_code for one in (older, newer)]

    assert statuses == [404, 302]
    assert emails_of(nora)[0] == "nora@other.example"


def test_what_staff_added_meanwhile_stays(client, link, nora):
    change = wish(client, link)
    ContactPoint.objects.create(
        business=nora.business,
        guest=nora,
        kind="email",
        raw="third@old.example",
        normalized="third@old.example",
        created_at=NOW,
    )

    confirm_email(change, now=NOW)

    assert emails_of(nora) == [
        "nora@new.example",
        "second@old.example",
        "third@old.example",
    ]


def test_nobody_is_asked_without_end(client, link, nora):
    for number in range(MOST_A_DAY):
        wish(client, link, f"nora{number}@new.example")

    page = save(client, link, email="nora9@new.example")

    assert "Please try again tomorrow." in page.content.decode()
    assert EmailChange.objects.count() == MOST_A_DAY


def test_a_link_is_used_so_often_and_no_more(client, link):
    type(link).objects.update(answers=MOST_ANSWERS)

    assert client.get(page_of(link)).status_code == 410


@pytest.mark.parametrize(
    ("field", "by"), [("expires_at", OPEN_FOR), ("closed_at", timedelta())]
)
def test_a_link_that_is_over_says_so(client, link, field, by):
    type(link).objects.update(**{field: NOW})

    page = client.post(page_of(link), HELD)

    assert page.status_code == 410
    assert "This link is no longer open." in page.content.decode()


def test_a_yes_after_a_week_is_too_late(client, link, nora):
    change = wish(client, link)
    EmailChange.objects.update(
        asked_at=NOW - CONFIRM_WITHIN - timedelta(minutes=1),
        expires_at=NOW - timedelta(minutes=1),
    )

    assert client.post(page_about(change, NEW)).status_code == 404
    assert emails_of(nora)[0] == "nora@old.example"


@pytest.mark.parametrize("path", ["", "new/", "old/"])
def test_a_link_that_nobody_made_leads_nowhere(client, db, path):
    page = client.get(f"/d/{path}Zm9v/")

    assert page.status_code == 404
    assert "This link does not work." in page.content.decode()


def test_a_token_for_one_thing_opens_no_other(client, link, nora):
    change = wish(client, link)

    stolen = public_token(OLD, change.uuid)

    assert client.get(f"/d/new/{stolen}/").status_code == 404
    assert client.get(f"/d/{stolen}/").status_code == 404


def test_a_forgotten_guest_has_no_page_and_no_wish(client, link, nora):
    change = wish(client, link)

    erase_guest(nora, actor=None, now=NOW)

    assert client.get(page_of(link)).status_code == 404
    assert client.post(page_about(change, NEW)).status_code == 404
    assert EmailChange.objects.count() == 0


def test_the_house_asks_by_mail_once_a_day(alba, nora):
    first = ask_for_details(nora, actor=alba, now=NOW)
    second = ask_for_details(nora, actor=alba, now=NOW + timedelta(minutes=5))

    message = Message.objects.get()
    assert first == second
    assert (message.to_address, message.guest) == ("nora@old.example", nora)
    assert page_of(first) in personal_links(message)["details"]


def test_wishes_are_forgotten_when_they_can_no_longer_be_refused(client, link):
    wish(client, link)

    kept = forget_old_changes(now=NOW + REFUSE_WITHIN)
    gone = forget_old_changes(now=NOW + REFUSE_WITHIN + timedelta(seconds=1))

    assert (kept, gone) == (0, 1)


def test_the_old_address_has_its_days_from_when_it_was_told(client, link, nora):
    change = wish(client, link)
    told_at = NOW + timedelta(days=6)
    confirm_email(change, now=told_at)
    late = told_at + REFUSE_WITHIN - timedelta(seconds=1)

    assert forget_old_changes(now=late) == 0
    refuse_email(change, now=late)

    assert emails_of(nora)[0] == "nora@old.example"


def test_links_and_checks_of_a_guest_who_was_one_with_another_go_on(
    client, link, nora, casa_alba, alba
):
    kept = make_guest(casa_alba, "Nora Østby", language="en")
    save(client, link, city="Bergen")

    merge_guests(kept, nora, actor=alba, now=NOW)

    page = client.get(page_of(link))
    assert (page.status_code, page.context["guest"]) == (200, kept)
    assert checks_of(kept)["address"] == "told"
