"""What a file brings into the register."""

from datetime import timedelta

import pytest
from django.core import mail

from crm.core.signing import address_hash
from customers.consent import record_consent
from customers.guests import GuestFacts, amend_guest
from customers.imports.committing import start_commit
from customers.models import (
    Company,
    ConsentEvent,
    ContactPoint,
    DuplicatePair,
    Guest,
    ImportProblem,
    NoteVersion,
    StagedGuest,
    StagedVisit,
    Visit,
)
from customers.privacy.erasure import erase_guest
from customers.searching.search import search_guests
from customers.suppressions import suppress
from customers.visits import depart
from loyalty.ready import create_ready_program
from outreach.automations.planning import plan_missing
from outreach.models import Message
from tests.customers.imports.bringing import bring, read, work
from tests.factories import NOW, TODAY, make_guest, make_visit
from tests.outreach.builders import make_automation

NORA = {"Guest no": "7", "Name": "Nora Østby", "Email": "nora@post.no"}
STAY = {"Booking": "A1", "Arrival": "2024-03-01", "Departure": "2024-03-03"}


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def rows_of_everything(business):
    """Return what the register holds, without what tells when it was written."""
    times = ("created_at", "updated_at")
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name not in times}
            for row in model.objects.filter(business=business).order_by("pk").values()
        ]
        for model in (Guest, ContactPoint, Visit, ConsentEvent, Company, DuplicatePair)
    }


def test_a_guest_with_two_bookings_comes_once_with_both(casa_alba):
    later = {"Booking": "A2", "Arrival": "2025-03-01", "Departure": "2025-03-02"}

    batch = bring(
        casa_alba,
        [NORA | STAY | {"Price": "1234.50"}, NORA | later | {"Price": "900"}],
    )

    guest = Guest.objects.get()
    assert batch.state == "done"
    assert (guest.display_name, guest.given_name, guest.external_id) == (
        "Nora Østby", "Nora", "7",
    )  # fmt: skip
    assert [visit.spend for visit in Visit.objects.order_by("arrival_date")] == [
        123_450, 90_000,
    ]  # fmt: skip
    assert (guest.summary.visits, guest.summary.nights) == (2, 3)
    assert guest.search_line.came_on.isoformat() == "2025-03-02"


def test_the_same_file_twice_changes_nothing(casa_alba):
    rows = [
        NORA | STAY | {"Tags": "Sails, Golf", "Company": "Fjord AS", "News": "yes"},
        {"Guest no": "", "Name": "Otto Vik", "Email": "otto@post.no"} | STAY
        | {"Booking": ""},
    ]  # fmt: skip
    bring(casa_alba, rows)
    before = rows_of_everything(casa_alba)

    again = bring(casa_alba, rows)

    assert rows_of_everything(casa_alba) == before
    assert again.counts["guests"] == {
        "all": 2, "new": 0, "changed": 0, "same": 2, "rejected": 0,
    }  # fmt: skip
    assert again.counts["visits"] == {
        "all": 2, "new": 0, "changed": 0, "same": 2, "rejected": 0,
    }  # fmt: skip


def test_one_guest_on_ten_thousand_lines_is_one_guest(casa_alba):
    rows = [NORA | STAY | {"Booking": f"B{number}"} for number in range(10_000)]

    bring(casa_alba, rows)

    assert Guest.objects.count() == 1
    assert Guest.objects.get().summary.visits == 10_000
    assert Guest.objects.get().summary.visit_days == 1


def test_whoever_is_known_by_number_becomes_what_the_file_says(casa_alba):
    bring(casa_alba, [NORA | {"Town": "Stryn"}], kind="guests")

    bring(
        casa_alba,
        [NORA | {"Name": "Nora Vik", "Town": "Bergen", "Email": "nora@vik.no"}],
        kind="guests",
    )

    guest = Guest.objects.get()
    assert (guest.display_name, guest.city) == ("Nora Vik", "Bergen")
    assert guest.name_sort_key == "vik nora"
    points = guest.contact_points.order_by("pk")
    assert [(point.normalized, point.is_primary) for point in points] == [
        ("nora@post.no", True), ("nora@vik.no", False),
    ]  # fmt: skip
    assert [g.pk for g in search_guests(casa_alba, "vik.no", most=5)] == [guest.pk]


def test_whoever_is_known_by_address_is_only_filled_in(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",), city="Stryn")

    bring(
        casa_alba,
        [NORA | {"Town": "Bergen", "Phone": "+47 406 12 345"}],
        kind="guests",
    )

    guest.refresh_from_db()
    assert (guest.city, guest.external_id) == ("Stryn", "7")
    assert guest.contact_points.filter(kind="phone").get().normalized == "+4740612345"


def test_tags_notes_and_firms_come_along(casa_alba, alba):
    bring(
        casa_alba,
        [NORA | {"Tags": "Sails; Golf", "Note": "Likes the attic", "Company": "Fjord"}],
        kind="guests",
        actor=alba,
    )

    guest = Guest.objects.get()
    assert sorted(guest.guest_tags.values_list("tag__name", flat=True)) == [
        "Golf", "Sails",
    ]  # fmt: skip
    assert guest.company.name == "Fjord"
    assert guest.notes.get().text == "Likes the attic"
    assert NoteVersion.objects.get().text == "Likes the attic"


def test_a_yes_of_the_file_never_goes_over_a_no(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    record_consent(
        guest,
        purpose="marketing",
        channel="email",
        is_granted=False,
        source="desk",
        now=NOW,
    )

    bring(casa_alba, [NORA | {"News": "yes"}], kind="guests")

    assert [event.is_granted for event in ConsentEvent.objects.all()] == [False]


def test_a_yes_is_not_noted_for_an_address_that_is_left_alone(casa_alba):
    suppress(
        business=casa_alba,
        channel="email",
        fingerprint=address_hash("email", "nora@post.no"),
        scope="marketing",
        reason="unsubscribed",
        now=NOW,
    )

    bring(casa_alba, [NORA | {"News": "yes"}], kind="guests")

    assert ConsentEvent.objects.count() == 0


def test_a_no_on_one_line_stands_beside_a_yes_on_another(casa_alba):
    bring(casa_alba, [NORA | {"News": "yes"}, NORA | {"News": "no"}], kind="guests")

    event = ConsentEvent.objects.get()
    assert (event.is_granted, event.source, event.basis) == (False, "import", "consent")


def test_paid_visits_of_an_import_are_no_notice_at_a_sale(casa_alba):
    casa_alba.consent_wordings.create(
        purpose="marketing", basis="soft_opt_in", version=1, texts={}, created_at=NOW
    )

    bring(casa_alba, [NORA | STAY | {"Price": "900"}])

    assert ConsentEvent.objects.count() == 0


def test_old_visits_are_not_written_about(casa_alba):
    make_automation(casa_alba)
    yesterday = TODAY - timedelta(days=1)

    bring(
        casa_alba,
        [
            NORA | STAY,
            NORA | {"Booking": "A2", "Arrival": str(yesterday - timedelta(days=2)),
                    "Departure": str(yesterday)},
        ],
    )  # fmt: skip
    plan_missing(now=NOW)

    assert Visit.objects.completed().count() == 2
    assert Message.objects.count() == 0
    assert mail.outbox == []


def test_a_booking_that_came_by_import_is_followed_up_when_it_is_over(casa_alba):
    make_automation(casa_alba)
    bring(
        casa_alba,
        [NORA | {"Booking": "A9", "Arrival": str(TODAY + timedelta(days=2)),
                 "Departure": str(TODAY + timedelta(days=3))}],
    )  # fmt: skip
    visit = Visit.objects.get()
    Visit.objects.update(created_at=NOW)

    depart(visit, actor=None, now=NOW + timedelta(days=3))

    assert visit.state == "booked"
    assert Message.objects.count() == 1


def test_members_stand_where_their_old_visits_put_them(casa_alba):
    create_ready_program(casa_alba)

    bring(casa_alba, [NORA | STAY])

    membership = Guest.objects.get().membership
    assert membership.joined_at.date().isoformat() == "2024-03-03"


def test_a_family_with_one_address_stays_several_and_is_looked_at(casa_alba):
    father = make_guest(casa_alba, "Per Østby", emails=("post@ostby.no",))

    bring(casa_alba, [{"Name": "Nora Østby", "Email": "post@ostby.no"}], kind="guests")

    pair = DuplicatePair.objects.get()
    assert Guest.objects.count() == 2
    assert (pair.first, pair.noted_for) == (father, "import")


def test_what_must_not_be_kept_is_nowhere(casa_alba):
    card = "4111 1111 1111 1111"

    batch = read(casa_alba, [NORA | {"Note": f"pays with {card}"}], kind="guests")

    problem = ImportProblem.objects.get()
    assert (problem.line, problem.column, problem.code, problem.value) == (
        2, "Note", "card_number", "",
    )  # fmt: skip
    assert StagedGuest.objects.get().note == ""
    assert batch.counts["rejected_rows"] == 0


def test_a_line_without_a_day_is_left_out_whole(casa_alba, alba):
    rows = [NORA | STAY | {"Arrival": ""}, NORA | STAY]

    batch = bring(casa_alba, rows, actor=alba)

    assert (Visit.objects.count(), batch.counts["rejected_rows"]) == (1, 1)
    assert ImportProblem.objects.get().code == "no_arrival"
    with batch.error_file.content.open() as file:
        left_out = file.read().decode("utf-8-sig").splitlines()
    assert left_out == [
        "Guest no,Name,Email,Booking,Arrival,Departure,What to correct",
        "7,Nora Østby,nora@post.no,A1,,2024-03-03,The day of arrival is missing.",
    ]


def test_an_identity_number_in_place_of_a_day_is_nowhere(casa_alba):
    batch = bring(casa_alba, [NORA | STAY | {"Arrival": "19811218-9876"}, NORA | STAY])

    problem = ImportProblem.objects.get()
    assert (problem.column, problem.value) == ("Arrival", "")
    with batch.error_file.content.open() as file:
        assert "9876" not in file.read().decode()


def test_forgetting_anybody_forgets_what_was_left_out(casa_alba, alba):
    batch = bring(casa_alba, [NORA | STAY | {"Arrival": "soon"}, NORA | STAY])

    erase_guest(Guest.objects.get(), actor=alba, now=NOW)

    batch.refresh_from_db()
    assert (batch.error_file, ImportProblem.objects.get().value) == (None, "")


def test_a_line_that_was_left_out_does_not_hide_the_guest_of_the_next(casa_alba):
    bring(casa_alba, [NORA | STAY | {"Arrival": "never"}, NORA | STAY])

    assert Guest.objects.get().summary.visits == 1


def test_visits_alone_bring_no_guests(casa_alba):
    make_guest(casa_alba, "Nora Østby", external_id="7")

    batch = bring(
        casa_alba,
        [
            {"Guest no": "7"} | STAY,
            {"Guest no": "8"} | STAY | {"Booking": "A2"},
        ],
        kind="visits",
    )

    assert Guest.objects.count() == 1
    assert Visit.objects.get().external_id == "A1"
    assert batch.counts["visits"]["all"] == 2
    assert ImportProblem.objects.get().code == "unknown_guest"


def test_two_tables_of_one_guest_on_one_evening_stay_two(casa_alba):
    row = {"Name": "Nora Østby", "Email": "nora@post.no"} | STAY
    row.pop("Booking")

    bring(casa_alba, [row, row])
    again = bring(casa_alba, [row, row])

    assert Visit.objects.count() == 2
    assert again.counts["visits"]["same"] == 2


def test_the_desks_word_on_a_visit_is_newer_than_an_old_export(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", external_id="7")
    make_visit(guest, external_id="A1", state=Visit.State.CANCELLED)

    bring(casa_alba, [NORA | STAY])

    assert Visit.objects.get().state == "cancelled"


def test_two_houses_bring_the_same_file_and_see_nothing_of_each_other(
    casa_alba, bar_carla
):
    bring(casa_alba, [NORA | STAY])
    bring(bar_carla, [NORA | STAY])

    for house in (casa_alba, bar_carla):
        assert house.guests.get().external_id == "7"
        assert house.visits.get().venue.business == house


def test_nothing_is_staged_any_more_when_all_is_in(casa_alba):
    batch = bring(casa_alba, [NORA | STAY])

    assert (StagedGuest.objects.count(), StagedVisit.objects.count()) == (0, 0)
    assert batch.file is None


def test_the_desk_may_go_on_with_a_guest_between_preview_and_commit(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    rows = [NORA | {"Town": "Bergen"}]
    batch = read(casa_alba, rows, kind="guests")
    amend_guest(
        guest,
        facts=GuestFacts(display_name="Nora Vik", emails=("nora@post.no",)),
        actor=None,
        now=NOW,
    )

    start_commit(batch, actor=None, now=NOW)
    work(batch)

    assert sorted(Guest.objects.values_list("display_name", flat=True)) == [
        "Nora Vik", "Nora Østby",
    ]  # fmt: skip
