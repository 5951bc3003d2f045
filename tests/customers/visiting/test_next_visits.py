from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random

import pytest
from django.urls import reverse

from crm.core.periods import Period
from customers.holding import GuestIsForgotten
from customers.models import NextVisit, Visit
from customers.privacy.erasure import erase_guest
from customers.timeline import timeline_of
from customers.visiting.next_visit_card import next_visit_notes
from customers.visiting.next_visits import (
    Offers,
    WeekCannotBe,
    answer_no,
    answer_rebooked,
    answer_reminder,
    due_reminders,
    monday_of,
    offers_by_venue,
    offers_by_week,
    same_week_next_year,
    take_back_answer,
)
from customers.visits import cancel, depart, step_back
from tests.factories import NOW, TODAY, make_guest, make_venue, make_visit

State, Answer = Visit.State, NextVisit.Answer
JULY = date(2027, 7, 12)

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def leaving(nora):
    return make_visit(
        nora, state=State.IN_HOUSE, arrival_date=TODAY - timedelta(days=2)
    )


def noted(visit):
    answer = NextVisit.objects.get(visit=visit)
    return answer.answer, answer.remind_on, answer.rebooked_visit


# Weeks


@pytest.mark.parametrize(
    ("year", "week", "monday"),
    [
        (2027, 28, date(2027, 7, 12)),
        (2027, 1, date(2027, 1, 4)),
        (2026, 53, date(2026, 12, 28)),
        (2026, 48, date(2026, 11, 23)),
    ],
)
def test_a_week_begins_on_its_iso_monday(year, week, monday):
    assert monday_of(year, week, today=TODAY) == monday


@pytest.mark.parametrize(
    ("year", "week", "sentence"),
    [
        (2026, 47, "That week has begun or is over already."),
        (2026, 1, "That week has begun or is over already."),
        (2027, 53, "2027 has no week 53."),
        (2027, 0, "2027 has no week 0."),
        (2027, -3, "2027 has no week -3."),
        (20_27_0, 28, "Is the year right?"),
        (27, 28, "Is the year right?"),
    ],
)
def test_a_week_that_cannot_be_is_refused_in_words(year, week, sentence):
    with pytest.raises(WeekCannotBe, match=sentence):
        monday_of(year, week, today=TODAY)


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 7, 8), date(2027, 7, 12)),
        (date(2026, 11, 22), date(2027, 11, 22)),
        # 2026 has a week 53, 2027 has none.
        (date(2026, 12, 30), date(2027, 12, 27)),
        # The first days of January may belong to the year before.
        (date(2027, 1, 2), date(2027, 12, 27)),
    ],
)
def test_the_same_week_a_year_on(day, monday):
    assert same_week_next_year(day) == monday


# Answers


def test_each_answer_takes_the_place_of_the_one_before(leaving, alba):
    answer_no(leaving, actor=alba, now=NOW)
    answer_reminder(leaving, JULY, actor=alba, now=NOW)
    assert noted(leaving) == ("reminder", JULY, None)

    answer_rebooked(leaving, None, actor=alba, now=NOW)

    assert noted(leaving) == ("rebooked", None, None)
    actions = leaving.business.audit_events.filter(actor=alba)
    assert [event.action for event in actions] == ["next_visit_noted"] * 3


def test_a_later_booking_is_linked_by_itself(leaving, nora):
    make_visit(nora, state=State.BOOKED, arrival_date=JULY + timedelta(days=90))
    next_one = make_visit(nora, state=State.BOOKED, arrival_date=JULY)
    make_visit(nora, state=State.CANCELLED, arrival_date=TODAY + timedelta(days=3))
    make_visit(nora, state=State.BOOKED, arrival_date=TODAY - timedelta(days=1))
    other = make_guest(nora.business, "Kari Vik")
    make_visit(other, state=State.BOOKED, arrival_date=TODAY + timedelta(days=1))

    answer_rebooked(leaving, None, actor=None, now=NOW)

    assert noted(leaving) == ("rebooked", None, next_one)


def test_what_was_noted_can_be_taken_back_once(leaving, alba):
    answer_no(leaving, actor=None, now=NOW)

    assert take_back_answer(leaving, actor=alba, now=NOW) is True
    assert take_back_answer(leaving, actor=alba, now=NOW) is False
    assert NextVisit.objects.count() == 0
    (event,) = leaving.business.audit_events.filter(actor=alba)
    assert event.action == "next_visit_taken_back"


def test_nothing_is_noted_about_who_was_forgotten(nora, alba):
    visit = make_visit(nora)
    answer_reminder(visit, JULY, actor=None, now=NOW)
    erase_guest(nora, actor=None, now=NOW)

    with pytest.raises(GuestIsForgotten):
        answer_no(visit, actor=None, now=NOW)

    assert NextVisit.objects.count() == 0


# Reminders that are due


@pytest.fixture
def reminder(nora):
    visit = make_visit(nora)
    return answer_reminder(visit, JULY, actor=None, now=NOW)


@pytest.mark.parametrize(
    ("days", "is_due"), [(-1, False), (0, True), (27, True), (28, False)]
)
def test_a_reminder_is_due_from_its_monday_for_four_weeks(reminder, days, is_due):
    today = JULY + timedelta(days=days)

    assert list(due_reminders(reminder.business, today=today)) == [reminder] * is_due


@pytest.mark.parametrize(
    ("state", "is_due"),
    [
        (State.BOOKED, False),
        (State.COMPLETED, False),
        (State.CANCELLED, True),
        (State.NO_SHOW, True),
    ],
)
def test_who_came_or_booked_since_needs_no_reminder(reminder, nora, state, is_due):
    make_visit(nora, state=state, arrival_date=TODAY + timedelta(days=100))

    assert due_reminders(nora.business, today=JULY).exists() is is_due


def test_a_visit_that_is_not_completed_after_all_reminds_nobody(reminder):
    step_back(reminder.visit, to=State.IN_HOUSE, actor=None, now=NOW)

    assert not due_reminders(reminder.business, today=JULY).exists()


def test_another_house_is_reminded_of_nothing(reminder, bar_carla):
    assert not due_reminders(bar_carla, today=JULY).exists()


# Figures

PERIOD = Period("3m", date(2026, 9, 1), TODAY)


def test_departures_are_counted_by_week_with_what_was_said(nora):
    def left(on, answer=None):
        visit = make_visit(nora, arrival_date=on - timedelta(days=1), nights=1)
        if answer == Answer.NO:
            answer_no(visit, actor=None, now=NOW)
        elif answer == Answer.REBOOKED:
            answer_rebooked(visit, None, actor=None, now=NOW)

    left(date(2026, 11, 16), Answer.NO)
    left(date(2026, 11, 22), Answer.REBOOKED)
    left(date(2026, 11, 15))
    left(date(2026, 8, 31), Answer.NO)
    make_visit(nora, state=State.IN_HOUSE)

    assert offers_by_week(nora.business, PERIOD) == {
        date(2026, 11, 16): Offers(2, 1, 0, 1),
        date(2026, 11, 9): Offers(1, 0, 0, 0),
    }


def naive_offers(business, period, key):
    """Count the same by walking through everything."""
    counts = defaultdict(Counter)
    answers = {each.visit_id: each.answer for each in NextVisit.objects.all()}
    for visit in Visit.objects.filter(business=business):
        inside = period.start <= visit.departure_date <= period.end
        if visit.is_completed and inside:
            counts[key(visit)][answers.get(visit.pk, "")] += 1
    return {
        group: Offers(found.total(), found["rebooked"], found["reminder"], found["no"])
        for group, found in counts.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_database_counts_as_a_person_would(nora, seed):
    chance = Random(seed)
    inn = make_venue(nora.business, "Kroa")
    hotel = nora.business.venues.get(name="Hotellet")
    for _ in range(60):
        visit = make_visit(
            nora,
            venue=chance.choice([inn, hotel]),
            state=chance.choice([State.COMPLETED] * 4 + State.values),
            arrival_date=TODAY - timedelta(days=chance.randrange(-3, 110)),
            nights=chance.randrange(3),
        )
        if act := chance.choice([None, answer_no, answer_rebooked, answer_reminder]):
            extra = {answer_rebooked: [None], answer_reminder: [JULY]}.get(act, [])
            act(visit, *extra, actor=None, now=NOW)

    def monday(visit):
        return visit.departure_date - timedelta(days=visit.departure_date.weekday())

    business = nora.business
    by_week = offers_by_week(business, PERIOD)
    assert by_week == naive_offers(business, PERIOD, monday)
    assert list(by_week) == sorted(by_week, reverse=True)
    assert offers_by_venue(business, PERIOD) == naive_offers(
        business, PERIOD, lambda visit: visit.venue_id
    )
    of_inn = offers_by_week(business, PERIOD, venue=inn)
    assert (
        sum(of_inn.values(), Offers(0, 0, 0, 0))
        == offers_by_venue(business, PERIOD)[inn.pk]
    )


def test_another_house_s_departures_are_not_counted(nora, bar_carla):
    make_visit(nora)

    assert offers_by_week(bar_carla, PERIOD) == {}


# The card


def url_of(visit, name="next_visit_note"):
    return reverse(f"customers:{name}", args=["casa-alba", visit.uuid])


@pytest.mark.parametrize(
    ("state", "leaves_in", "is_asked"),
    [
        (State.IN_HOUSE, 0, True),
        (State.IN_HOUSE, -1, True),
        (State.IN_HOUSE, 1, False),
        (State.COMPLETED, 0, True),
        (State.BOOKED, 0, False),
    ],
)
def test_who_leaves_or_has_just_left_is_asked(
    as_alba, nora, state, leaves_in, is_asked
):
    last = TODAY + timedelta(days=leaves_in)
    make_visit(nora, state=state, arrival_date=last - timedelta(days=1), nights=1)

    page = as_alba.get("/casa-alba/today/").content.decode()

    assert ("Coming again?" in page) is is_asked


def test_the_card_s_part_costs_the_same_for_many(
    nora, django_assert_num_queries, casa_alba
):
    visits = []
    for number in range(8):
        guest = make_guest(casa_alba, f"Guest {number}")
        visit = make_visit(guest, arrival_date=TODAY)
        make_visit(guest, state=State.BOOKED, arrival_date=JULY)
        answer_rebooked(visit, None, actor=None, now=NOW)
        visits.append(visit)

    for some in (visits[:1], visits):
        with django_assert_num_queries(2):
            assert len(next_visit_notes(casa_alba, some)) == len(some)


def test_one_tap_notes_the_same_week_next_year(as_alba, alba, leaving):
    page = as_alba.get("/casa-alba/today/").content.decode()
    assert 'name="week" min="1" max="53" value="47"' in page
    assert 'name="year" min="2000" max="2199" value="2027"' in page

    response = as_alba.post(
        url_of(leaving),
        {
            "answer": "reminder",
            "week": "47",
            "year": "2027",
            "next": "/casa-alba/today/",
        },
    )

    assert response.url == "/casa-alba/today/"
    assert noted(leaving) == ("reminder", date(2027, 11, 22), None)
    assert NextVisit.objects.get().asked_by == alba


def test_htmx_gets_the_part_alone_and_the_words_beside(as_alba, leaving):
    answer = as_alba.post(
        url_of(leaving), {"answer": "no"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert answer.lstrip().startswith('<div class="next-visit">')
    assert "Asked, not now" in answer
    assert "Noted." in answer
    assert "<html" not in answer


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"answer": "reminder", "week": "47", "year": "2026"},
            "That week has begun or is over already.",
        ),
        (
            {"answer": "reminder", "week": "x", "year": ""},
            "Write the number of the week, 1 to 53, and the year.",
        ),
        ({"answer": "maybe"}, "That answer could not be read. Please choose again."),
        ({}, "That answer could not be read. Please choose again."),
    ],
)
def test_what_cannot_be_noted_is_said_in_words(as_alba, leaving, typed, sentence):
    answer = as_alba.post(url_of(leaving), typed, headers={"HX-Request": "true"})

    assert sentence in answer.content.decode()
    assert NextVisit.objects.count() == 0


def test_the_answer_is_taken_back_by_undo(as_alba, leaving):
    answer_no(leaving, actor=None, now=NOW)

    response = as_alba.post(
        url_of(leaving, "next_visit_take_back") + "?next=/casa-alba/today/"
    )

    assert response.url == "/casa-alba/today/"
    assert NextVisit.objects.count() == 0


def test_an_answer_noted_by_mistake_is_taken_back_on_the_card(as_alba, leaving):
    answer_no(leaving, actor=None, now=NOW)

    answer = as_alba.post(
        url_of(leaving), {"answer": "nothing"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert "Coming again?" in answer
    assert NextVisit.objects.count() == 0


def test_booking_again_leads_to_the_same_once_more_and_links_it(as_alba, leaving, nora):
    depart(leaving, actor=None, now=NOW)
    url = f"/casa-alba/guests/{nora.uuid}/visits/new/?after={leaving.uuid}"
    form = as_alba.get(url).context["form"]
    assert (form["venue"].value(), form["departure_date"].value()) == (
        leaving.venue_id, "2 nights",
    )  # fmt: skip
    assert form["arrival_date"].value() is None

    as_alba.post(
        url,
        {"kind": "stay", "venue": leaving.venue_id, "arrival_date": "2027-07-12",
         "departure_date": "2", "party_size": "2"},
    )  # fmt: skip

    booked = nora.visits.get(arrival_date=JULY)
    assert noted(leaving) == ("rebooked", None, booked)


def test_a_visit_of_somebody_else_is_not_linked(as_alba, leaving, nora):
    kari = make_guest(nora.business, "Kari Vik")

    as_alba.post(
        f"/casa-alba/guests/{kari.uuid}/visits/new/?after={leaving.uuid}",
        {"kind": "stay", "venue": leaving.venue_id, "arrival_date": "2027-07-12",
         "departure_date": "2", "party_size": "2"},
    )  # fmt: skip

    assert kari.visits.count() == 1
    assert NextVisit.objects.count() == 0


def test_the_story_tells_it(leaving, nora, as_alba):
    later = make_visit(nora, state=State.BOOKED, arrival_date=JULY)
    answer_rebooked(leaving, None, actor=None, now=NOW)
    cancel(later, actor=None, now=NOW)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/").content.decode()

    entries = [
        entry
        for entry in timeline_of(nora).entries
        if isinstance(entry.subject, NextVisit)
    ]
    assert len(entries) == 1
    assert "Booked again for 12 Jul 2027 (cancelled since)" in page
