from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core.periods import period_for
from crm.dashboards.coming import count_visits, messages_by_month, visits_by_month
from customers.models import Visit
from tests.factories import NOW, TODAY, make_guest, make_venue, make_visit
from tests.outreach.builders import make_message

YEAR = period_for("12m", TODAY)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


visits = st.lists(
    st.tuples(
        st.dates(date(2025, 11, 15), date(2026, 11, 30)),
        st.sampled_from(Visit.Kind.values),
        st.sampled_from(Visit.State.values),
    ),
    max_size=15,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=visits)
def test_visits_are_counted_by_month_and_kind(nora, made):
    Visit.objects.all().delete()
    for day, kind, state in made:
        make_visit(nora, arrival_date=day, nights=1, kind=kind, state=state)

    months = visits_by_month(nora.business, YEAR)

    inside = [
        (day.replace(day=1), kind)
        for day, kind, state in made
        if state == "completed" and YEAR.start <= day <= YEAR.end
    ]
    counted = Counter(
        {
            (month, kind): n
            for month, kinds in months.items()
            for kind, n in kinds.items()
        }
    )
    assert counted == Counter(inside)
    assert count_visits(nora.business, YEAR) == len(inside)


def test_visits_of_one_venue(casa_alba, nora):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    make_visit(nora, venue=cafe, kind="table")
    make_visit(nora, venue=casa_alba.venues.get(name="Hotellet"))

    assert visits_by_month(casa_alba, YEAR, venue=cafe) == {
        date(2026, 11, 1): Counter(table=1)
    }
    assert count_visits(casa_alba, YEAR, venue=cafe) == 1


def test_messages_count_when_a_mail_server_took_them(nora):
    make_message(nora, status="accepted", accepted_at=NOW)
    # Already December in Oslo, not yet in UTC: outside.
    late = datetime(2025, 11, 30, 22, 59, tzinfo=UTC)
    make_message(nora, status="accepted", accepted_at=late)
    make_message(nora, status="accepted", accepted_at=late + timedelta(minutes=1))
    make_message(nora, status="unconfirmed")
    make_message(nora)

    assert messages_by_month(nora.business, YEAR) == Counter(
        {date(2026, 11, 1): 1, date(2025, 12, 1): 1}
    )


def test_messages_of_one_venue(casa_alba, nora):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    for venue in (cafe, casa_alba.venues.get(name="Hotellet")):
        make_message(
            nora,
            visit=make_visit(nora, venue=venue),
            status="accepted",
            accepted_at=NOW,
        )

    assert messages_by_month(casa_alba, YEAR, venue=cafe).total() == 1
