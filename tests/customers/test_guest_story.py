from datetime import UTC, date, datetime, time, timedelta

from customers.guest_story import consent_entries, visit_entries
from customers.models import Channel, Purpose, Visit
from customers.timeline import timeline_of
from tests.factories import NOW, TODAY, allow, make_venue, make_visit

State = Visit.State


def whole_story(guest, limit):
    entries, before = [], None
    while True:
        page = timeline_of(guest, before=before, limit=limit)
        entries += page.entries
        before = page.next_before
        if before is None:
            return entries


def test_a_visit_stands_where_it_arrived_on_the_wall_of_its_venue(nora):
    far = make_venue(nora.business, "Down Under", time_zone="Pacific/Auckland")
    make_visit(nora, arrival_date=date(2026, 7, 1), arrival_time=time(16))
    make_visit(nora, arrival_date=date(2026, 1, 1), venue=far)

    entries = visit_entries(nora, None, 10)

    assert [entry.at for entry in entries] == [
        datetime(2026, 7, 1, 14, tzinfo=UTC),
        datetime(2025, 12, 31, 23, tzinfo=UTC),
    ]


def test_visits_come_newest_first_and_at_most_as_many_as_asked_for(nora):
    for number in range(5):
        make_visit(nora, arrival_date=TODAY - timedelta(days=number))

    entries = visit_entries(nora, None, 3)

    assert [entry.subject.arrival_date for entry in entries] == [
        TODAY - timedelta(days=number) for number in range(3)
    ]


def test_what_they_said_at_once_is_one_entry(nora):
    for purpose in (Purpose.MARKETING, Purpose.SURVEY):
        for channel in Channel:
            allow(nora, purpose, channel=channel)
    allow(nora, Purpose.SURVEY, now=NOW - timedelta(days=1))

    entries = consent_entries(nora, None, 10)

    assert [
        (entry.extra["purposes"], entry.extra["channels"]) for entry in entries
    ] == [
        (["Questions about how it was", "News and offers"], ["Email", "SMS"]),
        (["Questions about how it was"], ["Email"]),
    ]


def test_the_whole_story_is_told_once_in_pages_of_any_size(nora):
    for number in range(7):
        make_visit(nora, arrival_date=TODAY - timedelta(days=number // 2), nights=0)
    allow(nora)

    stories = [
        [entry.key for entry in whole_story(nora, limit)] for limit in (2, 3, 50)
    ]

    assert len(stories[0]) == len(set(stories[0])) == 8
    assert stories[0] == stories[1] == stories[2]


def test_sources_ask_a_fixed_number_of_questions(nora, django_assert_num_queries):
    for number in range(3):
        make_visit(nora, arrival_date=TODAY - timedelta(days=number))
        allow(nora, now=NOW + timedelta(days=number))

    with django_assert_num_queries(3):
        visits = visit_entries(nora, None, 10)
        said = consent_entries(nora, None, 10)
        venues = {entry.subject.venue.name for entry in visits}

    assert (len(visits), len(said), venues) == (3, 3, {"Hotellet"})
