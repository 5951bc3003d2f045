from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core.periods import period_for
from crm.dashboards.promises import Kept, build_kept, not_kept
from crm.tenancy.models import Staff
from customers.models import PolicyStep, PolicyTick, Promise, Visit
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_policy_step,
    make_promise,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

YEAR = period_for("12m", TODAY)
PAGE = "/casa-alba/return/promises/"
Outcome = Promise.Outcome


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby")


def settled(visit, text="Quiet room", *, outcome=Outcome.KEPT, reason="", **facts):
    row = make_promise(visit.guest, text, visit=visit, **facts)
    row.outcome, row.reason = outcome, reason
    row.settled_at = NOW if outcome else None
    row.save()
    return row


def tick(visit, step):
    return PolicyTick.objects.create(
        business=visit.business, visit=visit, step=step, done_at=NOW
    )


def naive(business, period, venue=None):
    """Count everything again, one row after the other."""
    counted = defaultdict(lambda: defaultdict(int))
    for visit in business.visits.filter(state="completed"):
        if not period.start <= visit.arrival_date <= period.end:
            continue
        if venue and visit.venue != venue:
            continue
        monday = visit.arrival_date - timedelta(days=visit.arrival_date.weekday())
        here = counted[monday, visit.venue_id]
        for row in visit.promises.all():
            prefix = "extras_" if row.kind == "extra" else ""
            done = "done" if prefix else "kept"
            missed = "not_done" if prefix else "not_kept"
            ends = {"kept": done, "not_kept": missed, "": "unsaid"}
            here[prefix + ends[row.outcome]] += 1
            here["cost"] += row.cost if row.outcome == "kept" else 0
        ticked = {tick.step_id for tick in visit.policy_ticks.all()}
        here["steps_done"] += len(ticked)
        for step in business.policy_steps.all():
            is_on_it = (
                not step.is_archived
                and step.visit_kind == visit.kind
                # All steps here are made at noon, so the zone does not matter.
                and step.created_at.date() <= visit.arrival_date
            )
            here["steps_due"] += is_on_it or step.pk in ticked
    return {
        place: Kept(**numbers)
        for place, numbers in counted.items()
        if any(numbers.values())
    }


days = st.dates(date(2025, 11, 20), date(2026, 11, 30))
made = st.lists(
    st.tuples(
        days,
        st.sampled_from(["stay", "table"]),
        st.sampled_from(["booked", "in_house", "completed", "completed"]),
        st.booleans(),
        st.lists(
            st.tuples(
                st.sampled_from(["promise", "extra"]),
                st.sampled_from(Outcome.values),
                st.integers(0, 900),
            ),
            max_size=3,
        ),
        st.sets(st.integers(0, 3)),
    ),
    max_size=8,
)
checklist = st.lists(
    st.tuples(days, st.sampled_from(["stay", "table"]), st.booleans()),
    min_size=4,
    max_size=4,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(visits=made, steps=checklist)
def test_the_counts_are_those_of_a_naive_reader(casa_alba, nora, visits, steps):
    Visit.objects.all().delete()
    PolicyStep.objects.all().delete()
    hotel = casa_alba.venues.get(name="Hotellet")
    cafe = casa_alba.venues.filter(name="Kafé").first() or make_venue(casa_alba, "Kafé")
    rows = [
        make_policy_step(
            casa_alba,
            visit_kind=kind,
            is_archived=is_archived,
            now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        )
        for day, kind, is_archived in steps
    ]
    for day, kind, state, is_hotel, promises, ticks in visits:
        visit = make_visit(
            nora,
            arrival_date=day,
            nights=1,
            kind=kind,
            state=state,
            venue=hotel if is_hotel else cafe,
        )
        for number, (about, outcome, cost) in enumerate(promises):
            settled(visit, f"No. {number}", outcome=outcome, kind=about, cost=cost)
        for number in ticks:
            tick(visit, rows[number])

    for venue in (None, cafe):
        report = build_kept(casa_alba, YEAR, venue=venue)
        expected = naive(casa_alba, YEAR, venue)

        weeks, venues = defaultdict(Kept), defaultdict(Kept)
        for (week, venue_id), counts in expected.items():
            weeks[week] += counts
            venues[venue_id] += counts
        assert dict(report.weeks) == weeks
        assert {place.pk: counts for place, counts in report.venues} == venues
        assert report.total == sum(expected.values(), Kept())


def test_the_worked_example_of_the_domain_page(casa_alba, nora):
    monday = date(2026, 11, 9)
    greet = make_policy_step(casa_alba, "Greet by name", now=NOW - timedelta(days=90))
    make_policy_step(casa_alba, "Thank at the door", now=NOW - timedelta(days=90))
    first = make_visit(nora, arrival_date=monday)
    second = make_visit(nora, arrival_date=monday + timedelta(days=3))
    make_visit(nora, arrival_date=monday, state=Visit.State.CANCELLED)
    settled(first, "Pillow: Firm")
    settled(first, "A late breakfast", outcome=Outcome.NOT_KEPT)
    settled(second, "Pillow: Firm", outcome=Outcome.OPEN)
    settled(second, "A card", kind=Promise.Kind.EXTRA, cost=45_00)
    tick(first, greet)

    report = build_kept(casa_alba, YEAR)

    assert report.weeks == [
        (
            monday,
            Kept(
                kept=1,
                not_kept=1,
                unsaid=1,
                extras_done=1,
                cost=45_00,
                steps_done=1,
                steps_due=4,
            ),
        )
    ]
    assert (report.total.due, report.total.kept_share.rate) == (3, 1 / 3)


def test_another_house_is_not_counted(casa_alba, bar_carla):
    olaf = make_guest(bar_carla, "Olaf Vik")
    visit = make_visit(olaf)
    settled(visit, outcome=Outcome.NOT_KEPT)
    tick(visit, make_policy_step(bar_carla))

    assert build_kept(casa_alba, YEAR).total == Kept()
    assert list(not_kept(casa_alba, YEAR)) == []


def test_what_was_not_kept_is_listed_with_why_for_those_who_see_guests(
    client, casa_alba, nora
):
    settled(make_visit(nora), outcome=Outcome.NOT_KEPT, reason="It was taken")
    pages = {}
    for role in (Staff.Role.VIEWER, Staff.Role.STAFF):
        person = make_user()
        make_staff(casa_alba, person, role)
        client.force_login(person)
        pages[role] = client.get(PAGE).text

    words = ("Nora Østby", "Quiet room", "It was taken")
    assert [word in pages["staff"] for word in words] == [True, True, True]
    assert [word in pages["viewer"] for word in words] == [False, False, False]
    assert "1 promise was due, and 0 was kept: too few to say." in pages["viewer"]


def test_an_empty_house_is_told_where_the_figures_come_from(as_alba):
    assert "Nothing was due in this period" in as_alba.get(PAGE).text


def test_the_page_costs_the_same_for_one_visit_and_for_many(as_alba, nora):
    settled(make_visit(nora), outcome=Outcome.NOT_KEPT)
    for_one = count_queries(as_alba, PAGE)
    for number in range(5):
        visit = make_visit(nora, arrival_date=TODAY - timedelta(days=10 * number))
        settled(visit, f"No. {number}", outcome=Outcome.NOT_KEPT)

    assert count_queries(as_alba, PAGE) == for_one <= 12
