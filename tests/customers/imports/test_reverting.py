"""An import taken back leaves the register as it was."""

from datetime import timedelta

import pytest
from django.apps import apps

from customers.imports.problems import NotNow
from customers.imports.reverting import left_behind, start_revert
from customers.models import Guest, Import, Visit
from customers.notes.writing import write_note
from customers.people.companies import company_named
from customers.visits import amend_visit
from loyalty.ready import create_ready_program
from tests.customers.imports.bringing import bring, take_back
from tests.factories import (
    NOW,
    allow,
    facts_of,
    make_guest,
    make_tag,
    make_visit,
)

# What tells of imports themselves, what is only added to, and what tells when.
APART = {
    "audit.event", "jobs.job", "files.storedfile", "customers.import",
    "customers.importmapping", "customers.importproblem", "customers.nameword",
    "loyalty.tierchange",
}  # fmt: skip

OLD = [
    {
        "Guest no": "7", "Name": "Nora Vik", "Email": "nora@vik.no", "Town": "Bergen",
        "Company": "Fjord AS", "Tags": "Golf", "Note": "Likes the attic",
        "News": "yes", "VIP": "yes", "Booking": "A1", "Arrival": "2024-03-01",
        "Departure": "2024-03-03", "Price": "1234.50", "Status": "Checked out",
    },
    {
        "Guest no": "8", "Name": "Otto Vik", "Email": "otto@post.no", "Tags": "Sails",
        "Company": "Nord AS", "News": "no", "Booking": "A2",
        "Arrival": "2024-05-01", "Departure": "2024-05-03", "Price": "10",
    },
    {"Name": "Per Østby", "Email": "nora@post.no", "Booking": "A3",
     "Arrival": "2024-05-01", "Departure": "2024-05-03"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def nora(casa_alba):
    create_ready_program(casa_alba)
    guest = make_guest(
        casa_alba, "Nora Østby", external_id="7", emails=("nora@post.no",), city="Stryn"
    )
    make_tag(casa_alba, "Sails")
    make_visit(guest, external_id="A1", spend=100)
    allow(guest)
    return guest


def register():
    models = [
        model
        for name in ("customers", "loyalty", "surveys", "outreach")
        for model in apps.get_app_config(name).get_models()
        if model._meta.label_lower not in APART
    ]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in models
    }


def test_all_is_as_it_was(casa_alba, alba, nora):
    before = register()

    batch = bring(casa_alba, OLD, actor=alba)
    during = register()
    batch = take_back(batch, actor=alba)

    assert len(during["customers.Guest"]) == 3
    assert register() == before
    assert (batch.state, batch.counts["reverted"]) == (
        "reverted", {"guests_left": [], "visits_left": 0},
    )  # fmt: skip


def test_a_guest_somebody_wrote_about_since_is_left_and_named(casa_alba, alba, nora):
    batch = bring(casa_alba, OLD, actor=alba)
    otto = Guest.objects.get(external_id="8")
    write_note(
        otto,
        uuid=otto.uuid,
        text="Came back",
        venue=None,
        is_pinned=False,
        author=alba,
        now=NOW,
    )

    batch = take_back(batch, actor=alba)

    assert list(left_behind(batch)) == [otto]
    assert Visit.objects.filter(guest=otto).count() == 0
    assert not Guest.objects.filter(display_name="Per Østby").exists()


def test_a_visit_somebody_corrected_since_is_left_with_its_guest(casa_alba, alba, nora):
    batch = bring(casa_alba, OLD, actor=alba)
    visit = Visit.objects.get(external_id="A2")
    amend_visit(
        visit,
        facts=facts_of(visit, spend=5000),
        actor=alba,
        now=visit.created_at + timedelta(minutes=1),
    )

    batch = take_back(batch, actor=alba)

    assert [guest.external_id for guest in left_behind(batch)] == ["8"]
    assert batch.counts["reverted"]["visits_left"] == 1
    assert Guest.objects.get(external_id="8").summary.spend == 5000


def test_a_known_guest_amended_since_keeps_what_they_have(casa_alba, alba, nora):
    batch = bring(casa_alba, OLD, actor=alba)
    Guest.objects.filter(pk=nora.pk).update(
        city="Oslo", updated_at=NOW + timedelta(days=900)
    )

    batch = take_back(batch, actor=alba)

    nora.refresh_from_db()
    assert (nora.city, nora.display_name) == ("Oslo", "Nora Vik")
    assert list(left_behind(batch)) == [nora]


def test_a_firm_that_others_come_from_now_stays(casa_alba, alba, nora):
    batch = bring(casa_alba, OLD, actor=alba)
    make_guest(casa_alba, "Kari Lie", company="Nord AS")

    take_back(batch, actor=alba)

    assert list(casa_alba.companies.values_list("name", flat=True)) == ["Nord AS"]
    assert company_named(casa_alba, "Nord AS", now=NOW).guests.count() == 1


def test_after_ninety_days_it_is_too_late(casa_alba, alba, nora):
    batch = bring(casa_alba, OLD, actor=alba)
    Import.objects.update(committed_at=NOW - timedelta(days=91))

    with pytest.raises(NotNow):
        start_revert(batch, actor=alba, now=NOW)
