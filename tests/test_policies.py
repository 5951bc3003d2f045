"""Every model answers for the guest's data in it: copied, forgotten, kept how long."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Staff
from customers.guests import GuestFacts, amend_guest
from customers.merging.following import everybody
from customers.models import Guest, Suppression, Visit
from customers.policies import (
    OnErase,
    is_impersonal,
    policies,
    policy_for,
)
from customers.privacy.erasure import GuestIsExpected, erase_guest
from customers.privacy.export import export_guest, heading_of, sections_of
from customers.privacy.retention import overdue_rows
from outreach.models import Message
from outreach.sending.claiming import Lane, claim_due
from surveys.models import Answer, Invitation
from surveys.responses import InvitationClosed, submit_response
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_invitation,
    make_staff,
    make_user,
    make_visit,
)
from tests.full_house import make_full_house
from tests.outreach.builders import hand_over_all, make_message

OURS = ("crm.", "customers", "loyalty", "surveys", "outreach")

# Columns of personal rows that outlive an erasure with what is in them: codes and
# references that the product itself writes, and words of the house.
STAYS = {
    "customers.agreement": {"wording", "language"},
    "customers.consentevent": {"evidence"},
    "customers.guest": {"country"},
    # Which words were agreed to, by id.
    "customers.signup": {"agreed"},
    "customers.visitline": {"name", "key"},
    "outreach.attempt": {"detail"},
    "outreach.message": {
        "cost_currency", "encoding", "lease_owner", "occasion", "provider_message_id",
        "reason", "schedule_zone", "variant",
    },
    "outreach.deliveryevent": {"code"},
    "outreach.inboundmessage": {"asks", "provider_message_id", "to_address"},
    "surveys.invitation": {"tier_at_sending"},
    "surveys.response": {"language"},
}  # fmt: skip


def our_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith(OURS) and "devtools" not in model.__module__
    ]


def leads_to_guest(model, seen=frozenset()):
    if model is Guest:
        return True
    if model in seen:
        return False
    return any(
        leads_to_guest(field.related_model, seen | {model})
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one) and field.concrete
    )


def resolve(model, path):
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = field.related_model or model
    return field


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_has_a_policy_or_is_said_to_be_impersonal(model):
    assert (policy_for(model) is not None) != is_impersonal(model)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_what_leads_to_a_guest_is_never_impersonal(model):
    assert leads_to_guest(model) is (policy_for(model) is not None)


@pytest.mark.parametrize(
    "policy", policies(), ids=lambda policy: policy.model._meta.label
)
def test_every_policy_names_fields_that_exist(policy):
    end = resolve(policy.model, policy.guest_path)
    assert end.related_model is Guest or end is Guest._meta.pk
    for path in policy.other_guest_paths:
        assert resolve(policy.model, path).related_model is Guest
    for path in policy.export:
        assert isinstance(resolve(policy.model, path), models.Field)
        assert heading_of(policy.model, path) != path
    for name in policy.blank:
        assert policy.model._meta.get_field(name).concrete
    assert policy.title
    assert policy.reason


@pytest.mark.parametrize(
    "policy", policies(), ids=lambda policy: policy.model._meta.label
)
def test_a_row_that_stays_keeps_no_words_but_the_ones_listed_here(policy):
    texts = {
        field.name
        for field in policy.model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
    }
    is_removed = policy.on_erase is OnErase.DELETE
    left = set() if is_removed else texts - set(policy.blank)

    assert left == STAYS.get(policy.model._meta.label_lower, set())


def test_merge_and_erase_reach_what_points_at_others_first():
    order = [policy.model for policy in policies()]

    for earlier, model in enumerate(order):
        targets = {
            field.related_model
            for field in model._meta.concrete_fields
            if field.related_model in order and field.related_model is not model
        }
        assert not targets & set(order[:earlier])


def texts_in_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb', 'ARRAY', 'bytea')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}"')
            for (text,) in cursor.fetchall():
                yield f"{table}.{column}", text or ""


def places_of(marker):
    return sorted(
        {place for place, text in texts_in_database() if marker in text.casefold()}
    )


@pytest.fixture
def house(casa_alba, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return make_full_house(casa_alba, alba, marker="Zebramarker")


def test_the_house_of_this_test_holds_a_row_of_every_personal_kind(house):
    empty = [
        policy.model._meta.label
        for policy in policies()
        if not policy.model._base_manager.filter(
            **{policy.guest_path: house.guest.pk}
        ).exists()
    ]

    assert empty == []


def test_a_copy_holds_every_exported_field_of_every_row(house):
    data = export_guest(house.guest)

    for policy in policies():
        if not policy.export:
            continue
        entries = everybody(house.guest)
        rows = policy.model._base_manager.filter(
            **{f"{policy.guest_path}__in": [entry.pk for entry in entries]}
        )
        exported = data[policy.model._meta.label_lower]
        assert len(exported) == rows.count() > 0
        assert {tuple(row) for row in exported} == {policy.export}


def test_a_copy_holds_every_personal_text_there_is(house):
    copy = json.dumps(export_guest(house.guest), default=str).casefold()
    columns = {
        # The house's own fields stand in the copy by their names, see below.
        "customers_guest": {"search_text", "name_sort_key", "custom"},
        "customers_nameword": {"word"},
        "customers_searchline": {"line"},
        # In the copy as lists and in words, or once as they were written.
        "customers_importchange": {"before", "after"},
        "customers_stagedguest": {
            "name_key",
            "emails",
            "emails_raw",
            "phones",
            "phones_raw",
            "tags",
        },
        "outreach_message": {"body_html"},
    }

    for place, text in texts_in_database():
        table, _dot, column = place.partition(".")
        if "zebramarker" in text.casefold() and column not in columns.get(table, ()):
            assert text.casefold() in copy or table == "jobs_job"


def test_a_copy_names_the_houses_own_fields_hidden_ones_too(house, casa_alba):
    field = casa_alba.custom_fields.get()
    field.is_archived = True
    field.save(update_fields=["is_archived"])

    row, old = export_guest(house.guest)["customers.guest"]
    section = sections_of(house.guest)[0]

    assert row["custom"] == [{"field": "Boat", "value": "Zebramarker"}]
    assert old["custom"] == []
    boat = section.headings.index("Boat")
    assert [row[boat] for row in section.rows] == ["Zebramarker", "–"]


def test_a_copy_says_nothing_about_another_guest(house, casa_alba):
    other = make_guest(casa_alba, "Otter Markerson", emails=("otter@example.org",))
    make_visit(other, booker=house.guest)

    copy = json.dumps(export_guest(house.guest), default=str)

    assert "Otter" not in copy
    assert "otter@" not in copy


def test_a_copy_can_be_read_by_a_person(house):
    sections = {section.title: section for section in sections_of(house.guest)}

    visits = sections["Your visits"]
    row = dict(zip(visits.headings, visits.rows[-1], strict=True))
    assert row["Spend"] == "2\N{NARROW NO-BREAK SPACE}340\N{NO-BREAK SPACE}kr"
    assert row["State"] == "Completed"
    assert row["Departure"] == "22 Nov 2026"


def test_the_copy_is_made_by_a_worker_and_fetched_by_a_manager(
    house, client, casa_alba
):
    manager = make_user()
    make_staff(casa_alba, manager, Staff.Role.MANAGER)
    client.force_login(manager)

    asked = client.post(f"/casa-alba/guests/{house.guest.uuid}/copy/")
    run_jobs()
    job = Job.objects.latest("created_at")
    page = client.get(asked.url)
    file = client.get(f"/casa-alba/files/{job.result_file.uuid}/")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))

    assert job.status == Job.Status.DONE
    assert "Save casa-alba-" in page.text
    assert packed.namelist() == ["copy.html", "copy.json", "photo.webp"]
    assert "Zebramarker" in packed.read("copy.html").decode()
    assert "customers.visit" in json.loads(packed.read("copy.json"))["rows"]
    assert list(
        casa_alba.audit_events.filter(
            object_ref=str(house.guest.uuid), action="copied"
        ).values_list("actor", flat=True)
    ) == [manager.pk]


def test_no_file_name_or_job_tells_whose_copy_it_is(house, as_alba):
    as_alba.post(f"/casa-alba/guests/{house.guest.uuid}/copy/")
    run_jobs()
    job = Job.objects.latest("created_at")

    assert "zebra" not in f"{job.result_file.name} {job.arguments}".casefold()


def test_forgetting_leaves_no_word_of_the_guest_anywhere(house, alba):
    before = places_of("zebramarker")

    erase_guest(house.guest, actor=alba, now=NOW)

    assert len(before) > 12
    assert places_of("zebramarker") == []


def test_forgetting_removes_copies_from_the_disk(
    house, as_alba, alba, tmp_path, django_capture_on_commit_callbacks
):
    as_alba.post(f"/casa-alba/guests/{house.guest.uuid}/copy/")
    run_jobs()
    files_before = list(tmp_path.rglob("*.zip"))

    with django_capture_on_commit_callbacks(execute=True):
        erase_guest(house.guest, actor=alba, now=NOW)

    assert len(files_before) == 1
    assert list(tmp_path.rglob("*.zip")) == []


def test_forgetting_removes_the_photo_from_the_disk(
    house, alba, tmp_path, django_capture_on_commit_callbacks
):
    photos_before = list(tmp_path.rglob("*.webp"))

    with django_capture_on_commit_callbacks(execute=True):
        erase_guest(house.guest, actor=alba, now=NOW)

    assert len(photos_before) == 1
    assert list(tmp_path.rglob("*.webp")) == []
    assert not house.business.files.filter(name="photo.webp").exists()


def test_forgetting_waits_for_a_copy_that_is_being_made(house, as_alba):
    as_alba.post(f"/casa-alba/guests/{house.guest.uuid}/copy/")

    with CaptureQueriesContext(connection) as queries:
        run_jobs()

    asked = [query["sql"] for query in queries]
    lock = next(n for n, sql in enumerate(asked) if sql.endswith("FOR NO KEY UPDATE"))
    read = next(n for n, sql in enumerate(asked) if "customers_contactpoint" in sql)
    assert '"customers_guest"' in asked[lock]
    assert lock < read


def test_a_change_that_comes_too_late_brings_nothing_back(house, alba):
    seen = Guest.objects.get(pk=house.guest.pk)
    erase_guest(house.guest, actor=alba, now=NOW)

    amend_guest(
        seen,
        facts=GuestFacts(display_name="zebramarker", emails=("z@example.org",)),
        actor=alba,
        now=NOW,
    )

    assert places_of("zebramarker") == []
    assert not seen.contact_points.exists()


def test_an_answer_that_comes_too_late_is_not_taken(house, casa_alba, alba):
    visit = make_visit(house.guest, now=NOW)
    invitation = make_invitation(visit)
    erase_guest(house.guest, actor=alba, now=NOW)

    with pytest.raises(InvitationClosed):
        submit_response(invitation, {"comment": "zebramarker"}, language="nb", now=NOW)

    assert places_of("zebramarker") == []


def test_words_written_while_the_guest_was_forgotten_do_not_stay(house, alba):
    message = make_message(house.guest, kind=Message.Kind.SERVICE, now=NOW)
    claim = claim_due(lane=Lane.CRITICAL, owner="test", limit=10)
    erase_guest(house.guest, actor=alba, now=NOW)
    Message.objects.filter(pk=message.pk).update(
        to_address="zebramarker@example.org",
        subject="zebramarker",
        body_text="zebramarker",
        body_html="zebramarker",
    )

    hand_over_all(claim, lane=Lane.CRITICAL, now=NOW)

    message.refresh_from_db()
    assert (message.status, message.reason) == ("cancelled", "erased")
    assert places_of("zebramarker") == []


def test_forgetting_keeps_the_figures(house, casa_alba, alba):
    def figures():
        return (
            Visit.objects.filter(business=casa_alba).count(),
            sum(Visit.objects.values_list("spend", flat=True)),
            sorted(
                Answer.objects.exclude(number=None).values_list("number", flat=True)
            ),
            Invitation.objects.filter(business=casa_alba).count(),
            Message.objects.filter(business=casa_alba, status="accepted").count(),
        )

    before = figures()

    erase_guest(house.guest, actor=alba, now=NOW)

    assert figures() == before


def test_who_was_forgotten_is_not_written_to_again(house, casa_alba, alba):
    fingerprints = {point.fingerprint for point in house.guest.contact_points.all()}

    erase_guest(house.guest, actor=alba, now=NOW)

    left_alone = Suppression.objects.filter(
        business=casa_alba, scope="all", reason="erased", lifted_at=None
    )
    assert {bytes(row.address_hash) for row in left_alone} == fingerprints
    assert not Message.objects.filter(
        guest=house.guest, status__in=("queued", "claimed", "sending")
    ).exists()


def test_a_partner_with_the_same_address_is_still_written_to(house, casa_alba, alba):
    make_guest(casa_alba, "Otter Markerson", emails=("zebramarker@example.org",))

    erase_guest(house.guest, actor=alba, now=NOW)

    assert list(
        Suppression.objects.filter(reason="erased").values_list("channel", flat=True)
    ) == ["sms"]


@pytest.mark.parametrize("state", [Visit.State.BOOKED, Visit.State.IN_HOUSE])
def test_who_is_here_or_expected_cannot_be_forgotten(house, alba, state):
    make_visit(house.guest, state=state, arrival_date=TODAY)

    with pytest.raises(GuestIsExpected, match="Complete or cancel it first"):
        erase_guest(house.guest, actor=alba, now=NOW)

    house.guest.refresh_from_db()
    assert not house.guest.is_erased


def test_forgetting_twice_changes_nothing(house, casa_alba, alba):
    erase_guest(house.guest, actor=alba, now=NOW)
    events = casa_alba.audit_events.count()

    erase_guest(house.guest, actor=alba, now=NOW + timedelta(days=1))

    house.guest.refresh_from_db()
    assert house.guest.erased_at == NOW
    assert casa_alba.audit_events.count() == events


def test_the_owner_forgets_a_guest_on_their_page_after_ticking_a_box(house, as_alba):
    page = f"/casa-alba/guests/{house.guest.uuid}/"

    without_tick = as_alba.post(f"{page}forget/", follow=True)
    still_there = as_alba.get(page).status_code
    with_tick = as_alba.post(f"{page}forget/", {"confirmed": "yes"}, follow=True)

    assert "Tick the box first" in without_tick.text
    assert still_there == 200
    assert "The guest is forgotten." in with_tick.text
    assert as_alba.get(page).status_code == 404


def test_forgetting_by_command(house, capsys):
    call_command("erase_guest", "casa-alba", str(house.guest.uuid))

    house.guest.refresh_from_db()
    assert capsys.readouterr().out == "The guest is forgotten.\n"
    assert house.guest.is_erased


def test_the_command_knows_whose_guest_it_is(house, bar_carla):
    with pytest.raises(CommandError, match="bar-carla has no such guest"):
        call_command("erase_guest", "bar-carla", str(house.guest.uuid))


def test_what_is_kept_too_long_is_listed(casa_alba):
    long_ago = TODAY - timedelta(days=61 * 31)
    lapsed = make_guest(casa_alba, "Lapsed Guest")
    make_visit(lapsed, arrival_date=long_ago, now=NOW - timedelta(days=61 * 31))
    expected = make_guest(casa_alba, "Expected Guest")
    make_visit(expected, arrival_date=long_ago)
    make_visit(expected, state=Visit.State.BOOKED, arrival_date=TODAY)
    make_visit(make_guest(casa_alba, "Recent Guest"))

    overdue = overdue_rows(casa_alba, today=TODAY)

    assert [(kind.model, kind.rows) for kind in overdue] == [
        ("customers.Guest", 1),
        ("customers.Visit", 1),
    ]


def test_the_retention_command_lists_and_deletes_nothing(casa_alba, capsys):
    guest = make_guest(casa_alba, now=NOW - timedelta(days=61 * 31))

    call_command("retention", "--dry-run")

    assert "1 × customers.Guest, kept 60 months" in capsys.readouterr().out
    assert Guest.objects.filter(pk=guest.pk).exists()
    with pytest.raises(CommandError, match="--dry-run"):
        call_command("retention")
