from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core.periods import period_for
from crm.core.statistics import NpsSummary, Share
from surveys.invitations import mark_sent
from surveys.models import Invitation
from surveys.results import answer_figures, comments
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_invitation,
    make_response,
    make_venue,
    make_visit,
)

YEAR = period_for("12m", TODAY)
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


def test_a_new_house_has_no_figures(casa_alba):
    figures = answer_figures(casa_alba, YEAR)

    assert (figures.total, figures.rate) == (0, Share(0, 0))
    assert (figures.nps.score, figures.satisfaction.mean) == (None, None)


def test_answers_count_by_the_day_they_came_in_the_houses_zone(nora):
    # Half past midnight in Oslo is still November in UTC.
    at = datetime(2025, 11, 30, 23, 30, tzinfo=UTC)
    make_response(make_visit(nora), recommend=9, at=at)
    make_response(make_visit(nora), recommend=9, at=at - timedelta(hours=1))

    figures = answer_figures(nora.business, YEAR)

    assert figures.responses == {date(2025, 12, 1): 1}
    assert figures.nps_in(date(2025, 12, 1)) == NpsSummary(1, 0, 0)


def test_the_rate_is_of_the_questions_sent_in_the_period(nora):
    for _ in range(2):
        mark_sent(make_invitation(make_visit(nora)), tier="", now=NOW)
    mark_sent(make_invitation(make_visit(nora)), tier="", now=NOW - timedelta(days=700))
    make_invitation(make_visit(nora))
    make_response(make_visit(nora), recommend=10, at=NOW)

    mark_sent(Invitation.objects.get(response__isnull=False), tier="", now=NOW)

    assert answer_figures(nora.business, YEAR).rate == Share(1, 3)


def test_satisfaction_is_the_mean_of_its_own_question(nora):
    for score in (6, 9):
        make_response(make_visit(nora), recommend=0, satisfaction=score, at=NOW)

    figures = answer_figures(nora.business, YEAR)

    assert figures.satisfaction.mean == 7.5
    assert figures.counts("satisfaction") == Counter({6: 1, 9: 1})


def test_one_venue_counts_its_own(casa_alba, nora):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    for venue, score in ((cafe, 10), (casa_alba.venues.get(name="Hotellet"), 0)):
        response = make_response(make_visit(nora, venue=venue), recommend=score, at=NOW)
        mark_sent(response.invitation, tier="", now=NOW)

    figures = answer_figures(casa_alba, YEAR, venue=cafe)

    assert (figures.nps, figures.rate) == (NpsSummary(1, 0, 0), Share(1, 1))
    assert figures.responses == {date(2026, 11, 1): 1}


def test_another_business_counts_nothing_here(nora, bar_carla):
    response = make_response(make_visit(nora), recommend=9, comment="Fine.", at=NOW)
    mark_sent(response.invitation, tier="", now=NOW)

    figures = answer_figures(bar_carla, YEAR)

    assert (figures.total, figures.rate.total) == (0, 0)
    assert comments(bar_carla, YEAR).count() == 0


def test_comments_come_newest_first_with_guest_and_score(
    nora, django_assert_num_queries
):
    for days, text in ((3, "Older."), (1, "Newer."), (2, "")):
        make_response(
            make_visit(nora),
            recommend=days,
            comment=text,
            at=NOW - timedelta(days=days),
        )

    with django_assert_num_queries(2):
        shown = [
            (
                answer.text,
                answer.response.recommended[0].number,
                answer.response.invitation.guest.display_name,
                answer.response.invitation.visit.venue.name,
            )
            for answer in comments(nora.business, YEAR)
        ]

    assert shown == [
        ("Newer.", 1, "Nora Østby", "Hotellet"),
        ("Older.", 3, "Nora Østby", "Hotellet"),
    ]


FIRST = datetime(2025, 11, 20, tzinfo=UTC)

answers = st.lists(
    st.tuples(
        st.integers(0, 10),
        st.none() | st.integers(1, 10),
        st.integers(0, 369 * 24).map(lambda hours: FIRST + timedelta(hours=hours)),
        st.booleans(),
    ),
    max_size=8,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(given_answers=answers)
def test_sql_counts_what_a_reader_would_count(nora, given_answers):
    Invitation.objects.all().delete()
    for recommend, satisfaction, at, was_sent in given_answers:
        response = make_response(
            make_visit(nora), recommend=recommend, satisfaction=satisfaction, at=at
        )
        if was_sent:
            mark_sent(response.invitation, tier="", now=at)

    figures = answer_figures(nora.business, YEAR)

    inside = [
        (recommend, satisfaction, day, was_sent)
        for recommend, satisfaction, at, was_sent in given_answers
        if YEAR.start <= (day := at.astimezone(OSLO).date()) <= YEAR.end
    ]
    months = Counter(day.replace(day=1) for _r, _s, day, _sent in inside)
    assert figures.responses == months
    assert figures.counts("recommend") == Counter(row[0] for row in inside)
    assert figures.counts("satisfaction") == Counter(
        row[1] for row in inside if row[1] is not None
    )
    assert figures.asked == sum(row[3] for row in inside)
    assert {month: figures.nps_in(month).total for month in months} == months
