from datetime import timedelta

import pytest

from crm.tenancy.models import Staff
from customers.duplicates.pairs import note_pair
from customers.models import AskingRules, DuplicatePair, RegisterCount, Visit
from customers.quality import report
from customers.quality.counting import count_register
from customers.quality.details_links import details_link, save_details
from customers.quality.email_changes import ask_for_email, confirm_email, refuse_email
from customers.quality.queue import to_ask
from customers.quality.report import register_report
from customers.quality.story import own_details_entries
from outreach.models import Message
from outreach.writing.rendering import render
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_preference,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

PAGE = "/casa-alba/guests/quality/"
QUESTIONS = f"{PAGE}questions/"


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby", emails=("nora@post.example",))


def booked(guest, days=1, **facts):
    return make_visit(
        guest,
        state=Visit.State.BOOKED,
        arrival_date=TODAY + timedelta(days=days),
        **facts,
    )


def test_the_page_says_what_is_known_and_leads_to_who_it_is_not_known_of(
    as_alba, casa_alba, nora
):
    olaf = make_guest(casa_alba, "Olaf Vik")

    page = as_alba.get(PAGE)

    line = next(one for one in page.context["report"].known if one.words == "Email")
    listed = as_alba.get(line.url).content.decode()
    assert (line.share, line.missing) == (0.5, 1)
    assert olaf.display_name in listed
    assert nora.display_name not in listed
    assert "without an email address" in listed


def test_what_is_amiss_is_a_click_away(as_alba, nora):
    make_preference(nora, confirmed_on=TODAY - timedelta(days=500))

    page = as_alba.get(PAGE)

    lines = page.context["report"].troubles
    assert [(str(one.words), one.guests) for one in lines] == [
        ("Wishes nobody has made sure of for a year", 1)
    ]
    assert nora.display_name in as_alba.get(lines[0].url).content.decode()


def test_looking_counts_anew_and_keeps_nothing(as_alba, nora):
    as_alba.get(PAGE)

    assert RegisterCount.objects.count() == 0


def test_a_large_house_sees_the_count_of_the_night(
    as_alba, casa_alba, nora, monkeypatch
):
    monkeypatch.setattr("customers.quality.counting.FEW", 0)
    assert "It is counted tonight" in as_alba.get(PAGE).content.decode()
    count_register(casa_alba, now=NOW - timedelta(hours=6))
    make_guest(casa_alba, "Olaf Vik")

    page = as_alba.get(PAGE)

    assert page.context["report"].figures.guests == 1


def test_a_count_of_a_month_ago_says_whether_it_became_better(casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Vik")
    count_register(casa_alba, now=NOW - timedelta(days=30))
    make_guest(casa_alba, "Per Vik", emails=("per@post.example",))
    assert olaf.pk

    told = register_report(casa_alba, today=TODAY, now=NOW)

    email = next(one for one in told.known if one.words == "Email")
    assert told.compared_on == TODAY - timedelta(days=30)
    assert round(email.points) == 17


def test_a_house_without_guests_is_told_what_to_do(as_alba):
    assert "No guests yet" in as_alba.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_few_and_many(as_alba, casa_alba, nora):
    few = count_queries(as_alba, PAGE)
    for number in range(5):
        make_guest(casa_alba, f"Guest {number}")

    assert count_queries(as_alba, PAGE) == few


def test_every_line_of_the_report_has_words():
    assert set(report._KNOWN_WORDS) == set(report.KNOWN)


def test_who_comes_soon_is_listed_with_what_they_are_asked(as_alba, casa_alba, nora):
    booked(nora)
    booked(nora, days=3)
    booked(make_guest(casa_alba, "Olaf Vik"), days=20)

    rows = as_alba.get(QUESTIONS).context["rows"]

    assert [(row.visit.guest, [q.fact for q in row.questions]) for row in rows] == [
        (nora, ["phone"])
    ]


def test_the_queue_costs_the_same_for_few_and_many(as_alba, casa_alba, nora):
    booked(nora)
    few = count_queries(as_alba, QUESTIONS)
    for number in range(5):
        booked(make_guest(casa_alba, f"Guest {number}"))

    assert count_queries(as_alba, QUESTIONS) == few


def test_people_of_one_venue_ask_its_guests_alone(casa_alba, nora):
    inn = make_venue(casa_alba, "Kroa")
    booked(nora)
    here = booked(make_guest(casa_alba, "Olaf Vik"), venue=inn)

    rows = to_ask(casa_alba, venue_ids=[inn.pk], today=TODAY)

    assert [row.visit for row in rows] == [here]


def test_what_is_asked_is_chosen_here(as_alba, casa_alba):
    response = as_alba.post(
        QUESTIONS,
        {"asked": ["birthday", "email"], "most_per_visit": 1, "stale_after_months": 12},
    )

    rules = AskingRules.objects.get()
    assert response.url == QUESTIONS
    assert (rules.asked, rules.most_per_visit) == (["birthday", "email"], 1)


@pytest.mark.parametrize("typed", [{"most_per_visit": 9}, {"stale_after_months": 0}])
def test_what_cannot_be_asked_is_said(as_alba, typed):
    whole = {"asked": ["email"], "most_per_visit": 1, "stale_after_months": 12}

    page = as_alba.post(QUESTIONS, whole | typed)

    assert page.context["form"].errors.keys() == typed.keys()
    assert AskingRules.objects.count() == 0


def test_a_guest_is_asked_to_look_through_their_details(as_alba, nora):
    ask = f"/casa-alba/guests/{nora.uuid}/details/ask/"

    as_alba.post(ask)
    as_alba.post(ask)

    assert Message.objects.get().to_address == "nora@post.example"
    assert nora.details_links.count() == 1
    assert nora.business.audit_events.latest("pk").action == "asked_for_details"


def test_who_has_no_email_gets_no_link(as_alba, casa_alba):
    olaf = make_guest(casa_alba, "Olaf Vik")

    page = as_alba.post(f"/casa-alba/guests/{olaf.uuid}/details/ask/", follow=True)

    assert "There is no email to write to." in page.content.decode()
    assert Message.objects.count() == 0


def test_staff_see_no_figures_of_the_register(client, casa_alba):
    user = make_user()
    make_staff(casa_alba, user, Staff.Role.STAFF)
    client.force_login(user)

    assert client.get(PAGE).status_code == 403


def test_the_story_tells_what_a_guest_did_themselves(as_alba, nora):
    link = details_link(nora, occasion="a test", now=NOW)
    save_details(link, [], now=NOW - timedelta(hours=2))
    change = ask_for_email(
        nora, "nora@new.example", language="en", now=NOW - timedelta(hours=1)
    )
    confirm_email(change, now=NOW - timedelta(minutes=30))
    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/").content.decode()
    assert "Looked through their own details" in page
    assert "Changed their email address themselves" in page

    refuse_email(change, now=NOW)

    entries = own_details_entries(nora, None, 5)
    assert [(entry.at, entry.tone) for entry in entries] == [
        (NOW, "brick"),
        (NOW - timedelta(hours=2), "quiet"),
    ]
    assert own_details_entries(nora, NOW - timedelta(hours=2), 5) == []


def test_a_template_may_carry_the_link(casa_alba, nora):
    contents = {
        "en": {
            "subject": "Is this right?",
            "blocks": [
                {"type": "text", "text": "Look: {{ details_link }}"},
                {"type": "button", "text": "Look", "link": "details"},
            ],
        }
    }

    rendered = render(
        contents, language="en", purpose="service", business=casa_alba, guest=nora
    )

    assert rendered.text.count("https://links.invalid/details") == 2
    assert rendered.html.count("https://links.invalid/details") == 2


def test_pairs_that_may_be_one_person_are_among_what_to_look_at(casa_alba, nora):
    other = make_guest(casa_alba, "Nora Ostby", emails=("ostby@post.example",))
    note_pair(casa_alba, nora, other, reason=DuplicatePair.NotedFor.IMPORT, now=NOW)

    told = register_report(casa_alba, today=TODAY, now=NOW)

    assert [(line.guests, line.url) for line in told.troubles] == [
        (1, "/casa-alba/guests/duplicates/")
    ]
