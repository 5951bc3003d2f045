"""A house too large to be told guest by guest obeys the same rules as one that was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, F

from crm.devtools.demo import making
from crm.devtools.demo.copied_rows import TABLES
from crm.devtools.demo.making import Size, make_large
from crm.devtools.demo.multiplying import cast
from customers.models import ContactPoint, GuestSummary, NameWord, SearchLine, Visit
from customers.searching.lines import rebuild_search
from customers.searching.search import search_guests
from customers.summaries import refresh_summaries
from loyalty.memberships import rebuild_memberships
from loyalty.models import Membership, TierChange
from outreach.automations.planning import plan_missing

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SIZE = Size(2_503, 15_007)


def indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        )
        made = cursor.fetchall()
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1"
        )
        return made, cursor.fetchall()


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker):
    """The house, made once for this file and never kept, with the indexes of before."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(making, "MOST_TOLD", 1_000)
        patch.setattr(making, "TOLD", 200)
        before = indexes()
        house = make_large(SIZE, seed=1, now=NOON)
        connection.check_constraints()
        yield house, before
        transaction.set_rollback(True)


@pytest.fixture
def house(large, db):
    return large[0]


def test_it_holds_exactly_what_was_asked_for(house):
    assert (house.guests.count(), house.visits.count()) == SIZE


def test_every_index_and_constraint_is_back(large, db):
    assert indexes() == large[1]


def test_the_names_are_many_and_some_are_usual(house):
    names = house.guests.values("family_name").annotate(n=Count("pk")).order_by("-n")
    everybody = set(house.guests.values_list("display_name", flat=True))

    assert names.count() > 700
    assert 0.004 < names[0]["n"] / SIZE.guests < 0.02
    assert len(everybody) > 0.85 * SIZE.guests


def test_nobody_shares_an_address_or_a_member_number(house):
    emails = house.contact_points.filter(kind="email")
    members = house.guests.exclude(member_number="")

    assert emails.values("normalized").distinct().count() == emails.count() > 2_000
    assert 0.18 < members.count() / SIZE.guests < 0.30
    assert (
        not emails.exclude(normalized__endswith=".example")
        .exclude(normalized__contains="@example.")
        .exclude(normalized__contains="booking.com")
    )


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_row_points_at_a_row_that_exists(model, house):
    references = [field for field in model._meta.concrete_fields if field.remote_field]
    astray = {
        field.name: model._base_manager.exclude(**{field.attname: None})
        .exclude(
            **{
                f"{field.attname}__in": field.related_model._base_manager.values(
                    field.target_field.attname
                )
            }
        )
        .count()
        for field in references
    }

    assert astray == {field.name: 0 for field in references}
    assert model._base_manager.count() > 2_000


def test_copies_pass_the_forms_own_checks(house):
    for guest in house.guests.order_by("-pk")[:10]:
        guest.full_clean()
        for visit in guest.visits.order_by("pk"):
            visit.full_clean()


def test_search_is_what_a_rebuild_gives(house):
    def kept():
        lines = SearchLine.objects.filter(business=house).order_by("pk")
        words = NameWord.objects.filter(business=house).order_by("word")
        texts = house.guests.order_by("pk").values_list("search_text", flat=True)
        return (
            list(texts),
            list(lines.values_list("guest", "line", "came_on")),
            list(words.values_list("word", "guests")),
        )

    before = kept()
    rebuild_search(house)
    after = kept()

    for was, is_now in zip(before, after, strict=True):
        assert [
            pair for pair in zip(was, is_now, strict=True) if len(set(pair)) > 1
        ] == []


def test_summaries_are_what_a_rebuild_gives(house):
    before = list(GuestSummary.objects.filter(business=house).order_by("pk").values())

    assert refresh_summaries(house) == SIZE.guests

    after = list(GuestSummary.objects.filter(business=house).order_by("pk").values())
    assert before == after


def test_memberships_are_what_a_rebuild_gives(house):
    def standings():
        members = Membership.objects.filter(business=house).order_by("guest")
        changes = TierChange.objects.filter(business=house).order_by(
            "membership__guest", "at", "to_tier__rank"
        )
        return (
            list(
                members.values_list(
                    "guest", "tier", "visits_in_window", "keeps_until", "tier_since"
                )
            ),
            list(changes.values_list("membership__guest", "to_tier", "reason", "at")),
        )

    before = standings()
    rebuild_memberships(house, today=TODAY, now=NOON)

    assert standings() == before


def test_copies_stay_out_of_the_last_days_and_the_engine_has_nothing_to_do(house):
    copies = house.visits.filter(guest__messages=None, state=Visit.State.COMPLETED)

    assert not copies.filter(departure_date__gt=TODAY - timedelta(days=5)).exists()
    assert not house.visits.filter(completed_at__lt=F("arrived_at")).exists()
    assert not house.visits.filter(
        state=Visit.State.BOOKED, arrival_date__lt=TODAY
    ).exists()
    assert plan_missing(now=NOON) == 0


def test_a_copy_is_found_by_each_of_its_marks(house):
    guest = (
        house.guests.exclude(member_number="")
        .filter(contact_points__kind="phone")
        .order_by("-pk")
        .first()
    )
    phone = ContactPoint.objects.get(guest=guest, kind="phone").normalized

    for typed in (guest.display_name, guest.member_number, phone, phone[-6:]):
        assert guest in search_guests(house, typed), typed


def test_a_new_guest_and_a_new_visit_get_numbers_of_their_own(house):
    last = house.visits.order_by("-pk")[0]

    visit = Visit.objects.create(
        business=house, venue=last.venue, guest=last.guest, kind="stay", state="booked",
        arrival_date=TODAY, departure_date=TODAY, created_at=NOON, updated_at=NOON,
    )  # fmt: skip

    assert visit.pk > last.pk


@pytest.mark.parametrize("wanted", [20, 15, 14, 11, 7])
def test_a_cast_never_comes_more_often_than_wanted(wanted):
    counts = [3, 1, 2]

    templates, missing = cast(counts, 7, wanted)

    assert len(templates) == 7
    assert sum(counts[number] for number in templates) + missing == wanted
