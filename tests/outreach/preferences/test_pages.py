import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.signing import public_token
from customers.consent import consent_states
from customers.guests import GuestFacts, amend_guest
from customers.models import ConsentEvent, Purpose, Suppression
from customers.privacy.consent_notice import switch_on
from customers.privacy.ready import create_ready_wordings
from customers.suppressions import suppress
from outreach.deciding.decision import Block, Go, Reason, decide
from outreach.deciding.facts import load_facts
from outreach.preferences.unsubscribing import choices_of
from surveys.models import Response
from tests.factories import NOW, allow, make_guest, make_invitation, make_visit
from tests.outreach.builders import make_message

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.no",), language="en")
    allow(guest, Purpose.SURVEY)
    return guest


def unsubscribe_path(message):
    return f"/u/{public_token('unsubscribe', message.uuid)}/"


def preferences_path(guest):
    return f"/p/{public_token('preferences', guest.uuid)}/"


def survey_path(guest):
    now = timezone.now()
    invitation = make_invitation(make_visit(guest, now=now), now=now)
    return f"/s/{public_token('survey', invitation.uuid)}/"


def says_yes_to_surveys(guest):
    return consent_states([guest.pk])[guest.pk, "survey", "email"].is_granted


def test_opening_the_link_asks_and_changes_nothing(nora, client):
    message = make_message(nora)

    page = client.get(unsubscribe_path(message))
    client.head(unsubscribe_path(message))

    assert page.status_code == 200
    assert "Shall we stop?" in page.text
    assert says_yes_to_surveys(nora)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("slash", ["/", ""], ids=["with slash", "without slash"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, FORM),
        (
            "--b\r\nContent-Disposition: form-data; "
            'name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        ("", FORM),
        ("--broken", "multipart/form-data"),
    ],
    ids=["urlencoded", "multipart", "empty", "broken multipart"],
)
def test_one_click_stops_at_once_in_every_shape(nora, body, content_type, slash):
    message = make_message(nora)
    path = unsubscribe_path(message).rstrip("/") + slash
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(path, body, content_type=content_type)

    assert answer.status_code == 200
    assert answer.cookies == {}
    assert not says_yes_to_surveys(nora)
    assert decide(load_facts([message])[message.pk], NOW) == Block(Reason.SUPPRESSED)


def test_one_click_twice_is_once(nora, client):
    message = make_message(nora)

    answers = [client.post(unsubscribe_path(message)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert ConsentEvent.objects.filter(is_granted=False).count() == 1
    assert Suppression.objects.count() == 1


def test_one_click_holds_for_another_profile_with_the_same_address(nora, client):
    twin = make_guest(nora.business, "N. Østby", emails=("Nora@post.no",))
    allow(twin, Purpose.SURVEY)
    message = make_message(twin)

    client.post(unsubscribe_path(make_message(nora)))

    assert decide(load_facts([message])[message.pk], NOW) == Block(Reason.SUPPRESSED)


def test_one_click_takes_its_locks_in_the_order_of_the_preference_page(nora, client):
    message = make_message(nora)

    with CaptureQueriesContext(connection) as queries:
        client.post(unsubscribe_path(message))

    asked = [query["sql"] for query in queries]
    lock = next(n for n, sql in enumerate(asked) if sql.endswith("FOR NO KEY UPDATE"))
    write = next(n for n, sql in enumerate(asked) if "customers_suppression" in sql)
    assert lock < write


def test_one_click_works_for_a_guest_who_is_gone(nora, client):
    message = make_message(nora)
    message.guest = None
    message.save(update_fields=["guest"])

    answer = client.post(unsubscribe_path(message))

    assert answer.status_code == 200
    assert Suppression.objects.get().scope == "survey"


@pytest.mark.parametrize("path", ["/u/", "/p/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_broken_link_says_so_kindly(nora, client, path, method):
    token = public_token("unsubscribe", make_message(nora).uuid)

    answer = getattr(client, method)(f"{path}{token[:-2]}xy/")

    assert answer.status_code == 404
    assert "This link does not work." in answer.text


def test_a_link_for_one_thing_does_not_open_another(nora, client):
    token = public_token("preferences", nora.uuid)

    assert client.post(f"/u/{token}/").status_code == 404
    assert says_yes_to_surveys(nora)


def test_the_guest_reads_their_own_language_and_can_choose_another(nora, client):
    message = make_message(nora)
    message.language = "de"
    message.save(update_fields=["language"])

    own = client.get(unsubscribe_path(message))
    chosen = client.get(unsubscribe_path(message) + "?lang=en")
    nonsense = client.get(unsubscribe_path(message) + "?lang=xx")

    assert [page.headers["Content-Language"] for page in (own, chosen, nonsense)] == [
        "de",
        "en",
        "de",
    ]


def test_the_preference_page_shows_what_holds_with_its_wording(nora, client):
    create_ready_wordings(nora.business, now=NOW)

    page = client.get(preferences_path(nora))

    assert 'name="survey-email" checked' in page.text
    assert 'name="marketing-email">' in page.text
    assert 'name="service-email" checked' in page.text
    assert "You may send me news and offers." in page.text
    assert "survey-sms" not in page.text


def test_ticks_are_written_to_the_ledger_with_the_wording(nora, client):
    create_ready_wordings(nora.business, now=NOW)

    answer = client.post(preferences_path(nora), {"marketing-email": "on"})

    assert answer.status_code == 302
    said = {
        (event.purpose, event.is_granted, event.source, bool(event.wording))
        for event in ConsentEvent.objects.filter(source="preferences")
    }
    assert said == {
        ("survey", False, "preferences", True),
        ("marketing", True, "preferences", True),
        ("service", False, "preferences", False),
    }


def test_saving_the_page_unchanged_writes_nothing(nora, client):
    before = ConsentEvent.objects.count()

    client.post(preferences_path(nora), {"survey-email": "on", "service-email": "on"})

    assert ConsentEvent.objects.count() == before


def test_stop_everything_leaves_the_guest_alone_until_they_say_yes(nora, client):
    message = make_message(nora)
    client.post(preferences_path(nora), {"stop": "everything"})
    stopped = decide(load_facts([message])[message.pk], NOW)

    client.post(preferences_path(nora), {"survey-email": "on"})

    assert stopped == Block(Reason.SUPPRESSED)
    assert says_yes_to_surveys(nora)
    in_force = Suppression.objects.filter(lifted_at=None)
    assert in_force.values_list("scope", flat=True).get() == "marketing"
    assert decide(load_facts([message])[message.pk], NOW) == Go()


def test_stop_everything_also_holds_for_a_number_that_comes_later(nora, client):
    switch_on(nora.business, now=NOW)

    client.post(preferences_path(nora), {"stop": "1"})
    amend_guest(
        nora,
        facts=GuestFacts(
            display_name="Nora Østby",
            emails=("nora@post.no",),
            phones=("+47 406 12 345",),
        ),
        actor=None,
        now=timezone.now(),
    )
    make_visit(nora, now=timezone.now())

    states = consent_states([nora.pk])
    assert {(c, p): said.is_granted for (_id, p, c), said in states.items()} == {
        (channel, purpose): False
        for channel in ("email", "sms")
        for purpose in ("service", "survey", "marketing")
    }


def test_a_yes_to_one_thing_opens_the_address_for_no_other(nora, client, casa_alba):
    partner = make_guest(casa_alba, "Per Østby", emails=("nora@post.no",))
    allow(partner, Purpose.MARKETING)
    client.post(preferences_path(nora), {"stop": "1"})

    client.post(preferences_path(nora), {"survey-email": "on"})

    said = {choice.purpose: choice.is_on for choice in choices_of(nora)}
    news = make_message(partner, kind="marketing")
    assert said == {"survey": True, "marketing": False, "service": False}
    assert decide(load_facts([news])[news.pk], NOW) == Block(Reason.SUPPRESSED)


@pytest.mark.parametrize("path", [preferences_path, survey_path])
def test_a_page_behind_a_link_tells_its_address_to_nobody(nora, client, path):
    page = client.get(path(nora))

    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert "no-store" in page.headers["Cache-Control"]


def test_a_forgotten_guest_has_no_preference_page(nora, client):
    nora.erased_at = NOW
    nora.save(update_fields=["erased_at"])

    assert client.get(preferences_path(nora)).status_code == 404


def address_path(message):
    return f"{unsubscribe_path(message)}choose/"


def forgotten(message):
    message.guest = None
    message.save(update_fields=["guest"])
    return message


def test_who_is_no_guest_any_more_chooses_for_the_address(nora, client):
    message = forgotten(make_message(nora))
    create_ready_wordings(nora.business, now=NOW)
    asked = client.get(unsubscribe_path(message))

    page = client.get(address_path(message))
    answer = client.post(address_path(message), {"survey-email": "on"})
    after = client.get(answer.url)

    assert address_path(message) in asked.text
    assert "You may send me news and offers." in page.text
    assert page.text.count(" checked") == 2
    assert Suppression.objects.values_list("scope", "reason").get() == (
        "marketing",
        "unsubscribed",
    )
    assert 'name="survey-email" checked' in after.text
    assert 'name="marketing-email">' in after.text


def test_the_address_can_be_opened_again_by_who_reads_its_mail(nora, client):
    message = forgotten(make_message(nora))
    client.post(address_path(message), {"stop": "everything"})
    closed = list(Suppression.objects.values_list("scope", "lifted_at"))

    client.post(address_path(message), {"marketing-email": "on"})

    assert closed == [("all", None)]
    in_force = Suppression.objects.filter(lifted_at=None)
    assert list(in_force.values_list("scope", flat=True)) == ["survey"]


def test_what_came_back_as_unknown_is_opened_by_nobody_with_a_link(nora, client):
    message = forgotten(make_message(nora))
    suppress(
        business=nora.business,
        channel="email",
        fingerprint=bytes(message.to_hash),
        scope="all",
        reason="bounced",
        now=NOW,
    )

    client.post(address_path(message), {"marketing-email": "on", "survey-email": "on"})

    assert Suppression.objects.get(reason="bounced").lifted_at is None


def test_a_guest_chooses_on_their_own_page(nora, client):
    answer = client.post(address_path(make_message(nora)), {"stop": "everything"})

    assert (answer.status_code, answer.url) == (302, preferences_path(nora))
    assert not Suppression.objects.exists()


def test_a_message_to_nowhere_has_no_page_for_its_address(nora, client):
    message = forgotten(make_message(nora, to_hash=None))

    assert client.get(address_path(message)).status_code == 404
    assert client.post(address_path(message), {"stop": "1"}).status_code == 404
    assert address_path(message) not in client.get(unsubscribe_path(message)).text


def test_an_sms_is_stopped_by_its_link_on_the_number(nora, client):
    phone = make_guest(nora.business, "Per Vik", phones=("+47 406 12 345",))
    allow(phone, Purpose.MARKETING, channel="sms")
    allow(phone, Purpose.MARKETING)
    point = phone.contact_points.get()
    message = make_message(
        phone, kind="marketing", channel="sms", to_hash=point.fingerprint
    )

    client.post(unsubscribe_path(message), ONE_CLICK, content_type=FORM)

    states = consent_states([phone.pk])
    assert not states[phone.pk, "marketing", "sms"].is_granted
    assert states[phone.pk, "marketing", "email"].is_granted
    closed = Suppression.objects.get()
    assert (closed.channel, closed.scope) == ("sms", "marketing")


def test_a_link_of_one_house_stops_nothing_at_another(nora, client, bar_carla):
    there = make_guest(bar_carla, emails=("nora@post.no",), language="en")
    allow(there, Purpose.SURVEY)
    message = make_message(there)

    client.post(unsubscribe_path(make_message(nora)), ONE_CLICK, content_type=FORM)

    assert says_yes_to_surveys(there)
    assert Suppression.objects.get().business == nora.business
    assert decide(load_facts([message])[message.pk], NOW) == Go()


def test_one_click_over_plain_http_is_not_sent_elsewhere(nora, settings):
    settings.SECURE_SSL_REDIRECT = True
    message = make_message(nora)

    answers = [
        Client().post(path, ONE_CLICK, content_type=FORM)
        for path in (unsubscribe_path(message), unsubscribe_path(message)[:-1])
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not says_yes_to_surveys(nora)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_every_link_changes_nothing(nora, client, method):
    message = make_message(nora)
    gone = forgotten(make_message(nora))
    before = (ConsentEvent.objects.count(), Suppression.objects.count())

    answers = [
        getattr(client, method)(path)
        for path in (
            unsubscribe_path(message),
            unsubscribe_path(message)[:-1],
            unsubscribe_path(gone),
            address_path(gone),
            f"{address_path(gone)}?saved=1&stop=everything",
            preferences_path(nora),
            f"{preferences_path(nora)}?stop=everything",
            survey_path(nora),
        )
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert all(not answer.cookies for answer in answers)
    assert (ConsentEvent.objects.count(), Suppression.objects.count()) == before
    assert not Response.objects.exists()
