import logging
import re

import pytest

from crm.audit.models import Event
from crm.core.encryption import unseal
from crm.tenancy.models import Staff
from customers.models import Agreement, HealthNeed, Visit
from customers.needs.health_needs import HEALTH, note_need
from customers.profile.agreements import wording_for
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

HTMX = {"HX-Request": "true"}
WORDS = "No nuts, zebra"


@pytest.fixture
def stay(nora):
    return make_visit(nora, state=Visit.State.BOOKED, arrival_date=TODAY)


@pytest.fixture
def need(nora, stay, alba):
    return note_need(nora, WORDS, visit=stay, actor=alba, now=NOW)


@pytest.fixture
def kari(casa_alba):
    """She cooks, and may see what guests need."""
    person = make_user(name="Kari Lie")
    staff = make_staff(casa_alba, person, Staff.Role.STAFF)
    staff.may_see_health_needs = True
    staff.save()
    return person


@pytest.fixture
def as_kari(client, kari):
    client.force_login(kari)
    return client


def page_of(guest, act=""):
    return f"/casa-alba/guests/{guest.uuid}/{act}"


def card_of(visit):
    return f"/casa-alba/visits/{visit.uuid}/needs/"


def looks():
    return list(
        Event.objects.filter(action="looked_at_needs").values_list("actor", flat=True)
    )


def pages_about(client, guest):
    """Return pages a guest is on, without what is another each time or in the log."""
    urls = [
        page_of(guest),
        page_of(guest, "timeline/"),
        "/casa-alba/today/",
        "/casa-alba/guests/",
        "/casa-alba/guests/?q=zebra",
        "/casa-alba/visits/",
    ]
    pages = [client.get(url).text for url in urls]
    return [re.sub(r'(value|content)="[^"]*"', "", page) for page in pages]


def test_who_may_not_see_needs_is_not_told_that_there_are_any(
    as_alba, alba, nora, stay
):
    before = pages_about(as_alba, nora)
    note_need(nora, WORDS, visit=stay, actor=alba, now=NOW)
    note_need(
        nora,
        WORDS,
        visit=None,
        says_yes_to=wording_for(nora, HEALTH),
        actor=alba,
        now=NOW,
    )

    assert pages_about(as_alba, nora) == before


def test_an_owner_without_the_grant_is_kept_out(as_alba, nora, stay, need):
    answers = [
        as_alba.post(page_of(nora, "needs/")),
        as_alba.get(page_of(nora, "needs/new/")),
        as_alba.post(page_of(nora, "needs/new/"), {"words": "x"}),
        as_alba.post(card_of(stay)),
        as_alba.post(f"/casa-alba/needs/{need.uuid}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert looks() == []
    assert HealthNeed.objects.count() == 1


def test_the_page_shows_no_need_before_it_is_asked_for(as_kari, nora, need):
    page = as_kari.get(page_of(nora)).text

    assert "Something is noted. Each look is written down." in page
    assert "zebra" not in page
    assert looks() == []


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_look_opens_the_needs_and_is_written_down(as_kari, kari, nora, need, headers):
    answer = as_kari.post(page_of(nora, "needs/"), headers=headers)

    assert WORDS in answer.text
    assert ("<html" in answer.text) is (headers == {})
    assert looks() == [kari.pk]
    assert answer["Cache-Control"] == "private, no-store"


def test_todays_card_has_a_mark_and_opens_in_place(as_kari, kari, stay, need):
    today = as_kari.get("/casa-alba/today/").text
    opened = as_kari.post(card_of(stay), headers=HTMX)
    as_a_page = as_kari.post(card_of(stay), {"next": "/casa-alba/today/"})

    assert "Has needs" in today
    assert "zebra" not in today
    assert WORDS in opened.text
    assert f'id="needs-{stay.uuid}"' in opened.text
    assert "<html" in as_a_page.text
    assert 'href="/casa-alba/today/"' in as_a_page.text
    assert looks() == [kari.pk, kari.pk]


def test_a_card_without_needs_has_no_mark(as_kari, stay):
    assert "Has needs" not in as_kari.get("/casa-alba/today/").text


def test_looking_by_address_alone_is_not_possible(as_kari, nora, stay):
    assert as_kari.get(page_of(nora, "needs/")).status_code == 405
    assert as_kari.get(card_of(stay)).status_code == 405


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_need_is_noted_for_a_visit(as_kari, nora, stay, headers):
    typed = {"words": WORDS, "how_long": str(stay.uuid)}

    answer = as_kari.post(page_of(nora, "needs/new/"), typed, headers=headers)

    need = HealthNeed.objects.get()
    assert (unseal(need.sealed), need.visit) == (WORDS, stay)
    assert answer.status_code == (200 if headers else 302)
    assert "zebra" not in answer.text


def test_a_need_is_remembered_when_they_say_yes_to_the_sentence(as_kari, nora):
    form = as_kari.get(page_of(nora, "needs/new/")).text
    typed = {"words": WORDS, "how_long": "remember", "says_yes": "on"}
    as_kari.post(page_of(nora, "needs/new/"), typed)

    agreement = Agreement.objects.get()
    assert 'lang="nb"' in form
    assert (agreement.subject, agreement.is_granted) == (HEALTH, True)
    assert HealthNeed.objects.get().agreement == agreement


def test_who_agreed_before_is_not_asked_again(as_kari, nora):
    typed = {"words": WORDS, "how_long": "remember", "says_yes": "on"}
    as_kari.post(page_of(nora, "needs/new/"), typed)

    form = as_kari.get(page_of(nora, "needs/new/")).text
    as_kari.post(
        page_of(nora, "needs/new/"), {"words": "No stairs", "how_long": "remember"}
    )

    assert "Said yes to being remembered" in form
    assert 'name="says_yes"' not in form
    assert HealthNeed.objects.count() == 2
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"words": " "}, "Write a few words."),
        ({"words": "x" * 301}, "This is too long. What matters in the kitchen?"),
        ({"words": "x", "how_long": "for ever"}, "Choose how long we keep it."),
        (
            {"words": "x", "how_long": "remember"},
            "Read them the sentence. Tick when they say yes; without it the need is "
            "for one visit.",
        ),
        (
            {"words": "15108695088"},
            "There is a Norwegian identity number in this. It must not be kept here: "
            "please take it out.",
        ),
    ],
)
def test_what_cannot_be_noted_is_said(as_kari, nora, stay, headers, typed, sentence):
    typed = {"how_long": str(stay.uuid)} | typed

    answer = as_kari.post(page_of(nora, "needs/new/"), typed, headers=headers)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert not HealthNeed.objects.exists()


def test_a_visit_of_another_guest_or_of_the_past_cannot_be_chosen(
    as_kari, casa_alba, nora
):
    others = make_visit(make_guest(casa_alba), state=Visit.State.BOOKED)
    past = make_visit(nora)

    for visit in (others, past):
        typed = {"words": WORDS, "how_long": str(visit.uuid)}
        answer = as_kari.post(page_of(nora, "needs/new/"), typed)
        assert "Choose how long we keep it." in answer.text


def test_a_need_is_deleted_for_good(as_kari, nora, need):
    answer = as_kari.post(f"/casa-alba/needs/{need.uuid}/remove/")

    assert answer.url == page_of(nora)
    assert not HealthNeed.objects.exists()


def test_the_yes_can_be_taken_back_where_the_needs_are_read(as_kari, nora):
    typed = {"words": WORDS, "how_long": "remember", "says_yes": "on"}
    as_kari.post(page_of(nora, "needs/new/"), typed)

    opened = as_kari.post(page_of(nora, "needs/")).text
    as_kari.post(page_of(nora, "agreements/withdraw/"), {"subject": "health"})

    assert "Said yes to being remembered" in opened
    assert not HealthNeed.objects.exists()


def test_a_lost_key_is_said_in_words(as_kari, nora, stay, need, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["another"]

    answers = [
        as_kari.post(page_of(nora, "needs/")),
        as_kari.post(card_of(stay), headers=HTMX),
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert "This cannot be read: the key it was sealed with is missing." in (
            answer.text
        )


def test_people_of_one_venue_are_shown_what_is_theirs(
    as_kari, kari, casa_alba, nora, need, stay
):
    brygga = make_venue(casa_alba, "Brygga")
    kari.staff.get().venues.add(brygga)

    assert WORDS not in as_kari.post(page_of(nora, "needs/")).text
    assert as_kari.post(card_of(stay)).status_code == 404


def test_people_of_one_venue_delete_only_what_is_theirs(as_kari, kari, casa_alba, need):
    kari.staff.get().venues.add(make_venue(casa_alba, "Brygga"))

    answer = as_kari.post(f"/casa-alba/needs/{need.uuid}/remove/")

    assert answer.status_code == 404
    assert HealthNeed.objects.count() == 1


def test_a_form_that_is_sent_twice_notes_one_need(as_kari, nora, stay):
    page = as_kari.get(page_of(nora, "needs/new/")).text
    (once,) = re.findall(r'name="once" value="([^"]+)"', page)
    typed = {"words": WORDS, "how_long": str(stay.uuid), "once": once}

    for _time in range(2):
        as_kari.post(page_of(nora, "needs/new/"), typed)

    assert HealthNeed.objects.count() == 1


def test_a_yes_about_health_is_not_for_everybody_to_take_back(as_alba, alba, nora):
    note_need(
        nora,
        WORDS,
        visit=None,
        says_yes_to=wording_for(nora, HEALTH),
        actor=alba,
        now=NOW,
    )

    answer = as_alba.post(page_of(nora, "agreements/withdraw/"), {"subject": "health"})

    assert answer.status_code == 403
    assert HealthNeed.objects.count() == 1


def test_a_need_of_another_house_does_not_exist(client, carla, bar_carla, need):
    staff = bar_carla.staff.get(user=carla)
    staff.may_see_health_needs = True
    staff.save()
    client.force_login(carla)

    answers = [
        client.post(f"/bar-carla/needs/{need.uuid}/remove/"),
        client.post(f"/bar-carla/guests/{need.guest.uuid}/needs/"),
        client.post(f"/bar-carla/visits/{need.visit.uuid}/needs/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_no_word_of_it_reaches_the_log_of_the_machine(
    as_kari, nora, stay, settings, caplog
):
    caplog.set_level(logging.DEBUG)
    as_kari.post(
        page_of(nora, "needs/new/"), {"words": WORDS, "how_long": str(stay.uuid)}
    )
    as_kari.post(page_of(nora, "needs/"))
    settings.FIELD_ENCRYPTION_KEYS = ["another"]
    as_kari.post(page_of(nora, "needs/"))

    own = [r for r in caplog.records if r.name != "django.db.backends"]
    assert "zebra" not in " ".join(record.getMessage() for record in own)


def test_the_owner_gives_the_grant_on_the_page_of_a_person(as_alba, casa_alba, alba):
    me = casa_alba.staff.get(user=alba)
    url = f"/casa-alba/settings/staff/{me.uuid}/"

    form = as_alba.get(url).text
    as_alba.post(url, {"role": "owner", "may_see_health_needs": "on"})
    given = casa_alba.staff.get(pk=me.pk).may_see_health_needs
    people = as_alba.get("/casa-alba/settings/staff/").text
    as_alba.post(url, {"role": "owner"})

    assert "May see allergies and other health needs" in form
    assert given is True
    assert "Health needs" in people
    assert casa_alba.staff.get(pk=me.pk).may_see_health_needs is False
