from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core.statistics import Share
from crm.dashboards.returning import return_by_month, return_share
from customers.models import Guest, Visit
from customers.summaries import refresh_summaries
from tests.factories import TODAY, make_guest, make_venue, make_visit

# Eight guests, as of the last day of 2025: docs/domain.md works them out by hand.
EIGHT_GUESTS = {
    "A": ("2024-01-10", "2024-07-10", "2025-01-15"),
    "B": ("2024-02-01",),
    "C": ("2024-03-05", "2025-06-20"),
    "D": ("2024-05-20", "2024-06-01"),
    "E": ("2024-11-11",),
    "F": ("2025-02-02", "2025-03-02", "2025-12-01"),
    "G": ("2025-04-14",),
    "H": ("2025-09-09",),
}
AS_OF = date(2025, 12, 31)


def come(guest, *days, venue=None, state="completed"):
    for day in days:
        make_visit(
            guest,
            arrival_date=day if isinstance(day, date) else date.fromisoformat(day),
            nights=0,
            venue=venue,
            state=state,
        )


@pytest.fixture
def eight(casa_alba):
    for name, days in EIGHT_GUESTS.items():
        come(make_guest(casa_alba, name), *days)
    return casa_alba


def test_two_of_five_mature_guests_return_within_a_year(eight):
    last = AS_OF - timedelta(days=365)

    share = return_share(eight, date(2020, 1, 1), last, within_days=365)

    assert share == Share(2, 5)


def test_by_month_only_months_that_are_over_long_enough(eight):
    months = [date(2025, month, 1) for month in range(2, 13)]

    shares = return_by_month(eight, months, today=AS_OF, within_days=90)

    assert list(shares) == months[:8]
    assert shares[date(2025, 2, 1)] == Share(1, 1)
    assert shares[date(2025, 9, 1)] == Share(0, 1)
    assert shares[date(2025, 5, 1)] == Share(0, 0)


@pytest.mark.parametrize(("days", "hits"), [(89, 1), (90, 1), (91, 0)])
def test_within_90_days_includes_the_ninetieth(casa_alba, days, hits):
    first = TODAY - timedelta(days=200)
    come(make_guest(casa_alba), first, first + timedelta(days=days))

    assert return_share(casa_alba, first, first) == Share(hits, 1)


def test_two_visits_on_one_day_are_one(casa_alba):
    first = TODAY - timedelta(days=200)
    come(make_guest(casa_alba), first, first)

    assert return_share(casa_alba, first, first) == Share(0, 1)


@pytest.mark.parametrize("state", ["booked", "in_house", "cancelled", "no_show"])
def test_only_a_completed_visit_is_a_return(casa_alba, state):
    first = TODAY - timedelta(days=200)
    guest = make_guest(casa_alba)
    come(guest, first)

    come(guest, first + timedelta(days=5), state=state)

    assert return_share(casa_alba, first, first) == Share(0, 1)


def test_a_venue_counts_guests_who_began_there_and_came_back_anywhere(casa_alba):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    hotel = casa_alba.venues.get(name="Hotellet")
    first, later = TODAY - timedelta(days=200), TODAY - timedelta(days=190)
    began_in_cafe, began_in_hotel = (make_guest(casa_alba, n) for n in ("A", "B"))
    come(began_in_cafe, first, venue=cafe)
    come(began_in_cafe, later, venue=hotel)
    come(began_in_hotel, first, venue=hotel)
    come(began_in_hotel, later, venue=cafe)

    share = return_share(casa_alba, first, TODAY, venue=cafe)

    assert share == Share(1, 1)


def test_another_business_is_not_counted(eight, bar_carla):
    assert return_share(bar_carla, date(2020, 1, 1), AS_OF) == Share(0, 0)


histories = st.lists(
    st.lists(
        st.tuples(st.integers(0, 500), st.sampled_from(Visit.State.values)),
        max_size=5,
    ),
    max_size=5,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(guests=histories, within=st.integers(1, 200))
def test_sql_finds_who_a_reader_would_find(casa_alba, guests, within):
    Guest.objects.all().delete()
    start = TODAY - timedelta(days=500)
    for visits in guests:
        guest = make_guest(casa_alba)
        for offset, state in visits:
            come(guest, start + timedelta(days=offset), state=state)
    refresh_summaries(casa_alba)
    last = TODAY - timedelta(days=within)

    share = return_share(casa_alba, start, last, within_days=within)

    days = [
        sorted(
            {start + timedelta(days=o) for o, state in visits if state == "completed"}
        )
        for visits in guests
    ]
    mature = [own for own in days if own and own[0] <= last]
    back = [
        own
        for own in mature
        if len(own) > 1 and own[1] - own[0] <= timedelta(days=within)
    ]
    assert share == Share(len(back), len(mature))
