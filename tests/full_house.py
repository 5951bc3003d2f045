"""A business with at least one row of every kind, all about one guest.

``marker`` stands in every place where a person's words may be, so that a test can ask
the whole database where it is.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID, uuid4

from crm.accounts.models import User
from crm.core.addresses import normalize_email
from crm.core.encryption import seal
from crm.files.storing import store_file
from crm.jobs.models import Job
from crm.tenancy.invitations import invite_staff
from crm.tenancy.models import Business, Staff
from crm.tenancy.signals import business_created
from customers.merging.merging import merge_guests
from customers.models import (
    Agreement,
    AskingRules,
    CustomField,
    DetailsLink,
    DuplicatePair,
    DuplicateRules,
    EmailChange,
    FactCheck,
    Guest,
    GuestTag,
    HealthNeed,
    Household,
    Import,
    ImportChange,
    ImportMapping,
    ImportProblem,
    LinePair,
    MatchKeys,
    NextVisit,
    Note,
    NoteVersion,
    PolicyStep,
    PolicyTick,
    Preference,
    PreferenceKind,
    Promise,
    RegisterCount,
    Segment,
    SignUp,
    SignUpPage,
    StagedGuest,
    StagedVisit,
    Tag,
    Visit,
    VisitLine,
)
from customers.suppressions import suppress
from outreach.models import (
    Alert,
    Attempt,
    Campaign,
    ContactBudget,
    DeliveryEvent,
    Exposure,
    InboundMessage,
    Message,
    ProviderAccount,
    SendingHours,
    WebhookEvent,
)
from tests.factories import (
    NOW,
    TODAY,
    allow,
    make_guest,
    make_portrait,
    make_response,
    make_visit,
)


@dataclass(frozen=True)
class House:
    """``ids`` hold what stands in URLs, by the name of the argument."""

    business: Business
    guest: Guest
    visit: Visit
    ids: dict[str, UUID | int]


def make_full_house(business: Business, owner: User, *, marker="Nora Østby") -> House:
    business_created.send(sender=Business, business=business, now=NOW)
    business.staff.filter(user=owner).update(may_see_health_needs=True)
    guest = _guest(business, marker)
    visit = _visits(guest, marker)
    allow(guest)
    _profile(guest, visit, owner, marker)
    _care(guest, visit, owner, marker)
    _quality(guest, owner, marker)
    pair = _pair(guest)
    page = _sign_up(visit.venue, guest)
    batch = _import(guest, visit, owner, marker)
    merge = _merge(guest, owner, marker)
    response = make_response(visit, satisfaction=8, comment=f"{marker} was here")
    message = _message(visit, response.invitation, marker)
    _attempt(message)
    _exposure(message)
    _what_came_back(message, marker)
    suppress(
        business=business,
        channel="email",
        fingerprint=b"somebody".ljust(32),
        scope="marketing",
        reason="manual",
        now=NOW,
    )
    file = store_file(
        business=business,
        name="list.csv",
        content=b"a;b",
        reader_role=Staff.Role.MANAGER,
        created_by=owner,
        now=NOW,
        keep_for=None,
    )
    invitation, _token = invite_staff(
        business=business,
        email="new@example.org",
        role=Staff.Role.STAFF,
        language="en",
        invited_by=owner,
        now=NOW,
    )
    automation = business.automations.get()
    campaign = _campaign(automation.template)
    return House(
        business,
        guest,
        visit,
        {
            "account_uuid": _sms_account(business).uuid,
            "automation_uuid": automation.uuid,
            "campaign_uuid": campaign.uuid,
            "company_uuid": guest.company.uuid,
            "field_uuid": business.custom_fields.get().uuid,
            "file_uuid": file.uuid,
            "guest_uuid": guest.uuid,
            "import_uuid": batch.uuid,
            "invitation_uuid": invitation.uuid,
            "job_uuid": _job(business, owner).uuid,
            "merge_uuid": merge.uuid,
            "message_uuid": message.uuid,
            "need_uuid": business.health_needs.get().uuid,
            "note_uuid": business.notes.get().uuid,
            "segment_uuid": campaign.segment.uuid,
            "staff_uuid": business.staff.get(user=owner).uuid,
            "suppression_id": business.suppressions.get().pk,
            "survey_uuid": business.surveys.get().uuid,
            "tag_uuid": business.guest_tags.get().tag.uuid,
            "template_uuid": automation.template.uuid,
            "due_uuid": guest.preferences.get().uuid,
            "kind_uuid": business.preference_kinds.latest("pk").uuid,
            "preference_uuid": guest.preferences.get().uuid,
            "other_uuid": guest.uuid,
            "page_uuid": page.uuid,
            "pair_uuid": pair.uuid,
            "promise_uuid": guest.promises.get(preference=None).uuid,
            "step_uuid": business.policy_steps.latest("pk").uuid,
            "venue_uuid": visit.venue.uuid,
            "visit_uuid": visit.uuid,
        },
    )


def _sms_account(business):
    return ProviderAccount.objects.create(
        business=business,
        channel="sms",
        provider="elks46",
        sender="+4740612399",
        created_at=NOW,
    )


def _guest(business, marker):
    word = marker.replace(" ", "").casefold()
    return make_guest(
        business,
        marker,
        given_name=marker,
        family_name=marker,
        emails=(normalize_email(f"{word}@example.org"),),
        phones=("+47 406 12 345",),
        country="NO",
        street=f"{marker} gate 1",
        postal_code="6783",
        city=marker,
        birthday_month=2,
        birthday_day=29,
        company=f"{marker} AS",
        source=f"friend of {marker}"[:40],
        is_vip=True,
        external_id=marker,
    )


def _visits(guest, marker):
    for days in (90, 60):
        make_visit(guest, arrival_date=TODAY - timedelta(days=days))
    return make_visit(
        guest,
        label=f"{marker} table"[:40],
        source=f"{marker} web"[:40],
        external_id=marker,
    )


def _profile(guest, visit, owner, marker):
    business = guest.business
    tag = Tag.objects.create(
        business=business, name="Regulars", key="regulars", created_at=NOW
    )
    GuestTag.objects.create(
        business=business, guest=guest, tag=tag, given_by=owner, given_at=NOW
    )
    field = CustomField.objects.create(business=business, label="Boat", created_at=NOW)
    note = Note.objects.create(
        business=business, guest=guest, text=marker, author=owner, created_at=NOW
    )
    NoteVersion.objects.create(
        business=business,
        note=note,
        number=1,
        text=marker,
        written_by=owner,
        written_at=NOW,
    )
    guest.household = Household.objects.create(business=business, created_at=NOW)
    guest.custom = {str(field.uuid): marker}
    guest.photo = store_file(
        business=business,
        name="photo.webp",
        content=make_portrait(),
        reader_role=Staff.Role.STAFF,
        created_by=owner,
        now=NOW,
        keep_for=None,
    )
    guest.save(update_fields=["household", "custom", "photo"])
    VisitLine.objects.create(
        business=business, visit=visit, category="food", name="Soup", key="soup"
    )
    NextVisit.objects.create(
        business=business, visit=visit, answer=NextVisit.Answer.NO, asked_at=NOW
    )
    LinePair.objects.create(
        business=business,
        key="soup",
        with_key="bread",
        name="Soup",
        with_name="Bread",
        visits=100,
        visits_with_key=40,
        visits_with_other=40,
        visits_with_both=30,
        counted_at=NOW,
    )


def _care(guest, visit, owner, marker):
    business = guest.business
    kind = PreferenceKind.objects.create(
        business=business, name="Pillow", created_at=NOW
    )
    preference = Preference.objects.create(
        business=business,
        guest=guest,
        kind=kind,
        wish=marker,
        confirmed_on=TODAY,
        noted_by=owner,
        noted_at=NOW,
    )
    Promise.objects.create(
        business=business,
        guest=guest,
        visit=visit,
        kind=Promise.Kind.PREFERENCE,
        preference=preference,
        text=marker,
        made_by=owner,
        made_at=NOW,
    )
    Promise.objects.create(
        business=business,
        guest=guest,
        kind=Promise.Kind.EXTRA,
        text=marker,
        made_by=owner,
        made_at=NOW,
    )
    step = PolicyStep.objects.create(
        business=business,
        visit_kind=visit.kind,
        moment=PolicyStep.Moment.ARRIVAL,
        text="Greet by name",
        created_at=NOW,
    )
    PolicyTick.objects.create(
        business=business, visit=visit, step=step, done_by=owner, done_at=NOW
    )
    agreement = Agreement.objects.create(
        business=business,
        guest=guest,
        subject=Agreement.Subject.HEALTH,
        is_granted=True,
        wording="You may remember it.",
        language="en",
        source="desk",
        noted_by=owner,
        at=NOW,
    )
    HealthNeed.objects.create(
        business=business,
        guest=guest,
        sealed=seal(marker),
        agreement=agreement,
        noted_by=owner,
        noted_at=NOW,
    )


def _quality(guest, owner, marker):
    business = guest.business
    AskingRules.objects.create(business=business)
    RegisterCount.objects.create(
        business=business, counted_on=TODAY, counted_at=NOW, figures={}
    )
    FactCheck.objects.create(
        business=business,
        guest=guest,
        fact="birthday",
        outcome=FactCheck.Outcome.TOLD,
        checked_by=owner,
        checked_at=NOW,
    )
    DetailsLink.objects.create(
        business=business,
        guest=guest,
        occasion="asked at the desk",
        created_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    word = marker.replace(" ", "").casefold()
    EmailChange.objects.create(
        business=business,
        guest=guest,
        old_address=f"{word}@example.org",
        new_address=f"{word}@post.example",
        language="nb",
        asked_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


def _sign_up(venue, guest):
    page = SignUpPage.objects.create(
        business=guest.business, venue=venue, created_at=NOW
    )
    wording = guest.business.consent_wordings.get(
        purpose="marketing", basis="consent", is_current=True
    )
    SignUp.objects.create(
        business=guest.business,
        page=page,
        language="en",
        agreed={"marketing": wording.pk},
        asked_at=NOW,
        expires_at=NOW + timedelta(days=7),
        confirmed_at=NOW,
        guest=guest,
    )
    return page


def _import(guest, visit, owner, marker):
    batch = Import.objects.create(
        business=guest.business,
        kind=Import.Kind.BOTH,
        state=Import.State.READY,
        venue=visit.venue,
        file_name="list.csv",
        header=["Name", "Arrival"],
        counts={"rows": 1, "guests": {"all": 1}, "visits": {"all": 1}},
        created_by=owner,
        created_at=NOW,
        read_at=NOW,
    )
    house = {"business": guest.business, "batch": batch}
    ImportMapping.objects.create(
        business=guest.business,
        fingerprint="1",
        kind=Import.Kind.BOTH,
        meanings=[],
        used_at=NOW,
    )
    ImportProblem.objects.create(**house, line=3, code="no_name", rejects_row=True)
    before = {"city": marker, "updated_at": NOW.isoformat()}
    ImportChange.objects.create(
        **house, guest=guest, before=before, after={"city": marker}, at=NOW
    )
    StagedGuest.objects.create(
        **house,
        line=2,
        key=1,
        guest=guest,
        outcome="changed",
        display_name=marker,
        given_name=marker,
        family_name=marker,
        name_key=marker,
        emails=[marker],
        emails_raw=[marker],
        street=marker,
        city=marker,
        company=marker,
        note=marker,
        tags=[marker],
    )
    StagedVisit.objects.create(
        **house,
        line=2,
        guest_key=1,
        visit=visit,
        outcome="same",
        venue=visit.venue,
        kind=visit.kind,
        state=visit.state,
        arrival_date=visit.arrival_date,
        departure_date=visit.departure_date,
        label=marker,
    )
    return batch


def _pair(guest):
    DuplicateRules.objects.create(business=guest.business)
    # They may have been looked at already, where the house is committed.
    MatchKeys.objects.get_or_create(
        guest=guest,
        defaults={
            "business": guest.business, "keys": [1], "version": 1, "made_of": NOW
        },
    )  # fmt: skip
    return DuplicatePair.objects.create(
        business=guest.business,
        first=guest,
        second=make_guest(guest.business, "Όθων"),
        score=70,
        reasons=["family_same"],
        found_at=NOW,
    )


def _merge(guest, owner, marker):
    gone = make_guest(guest.business, f"friend of {marker}")
    allow(gone)
    merge = merge_guests(guest, gone, actor=owner, now=NOW)
    guest.refresh_from_db()
    return merge


def _message(visit, invitation, marker):
    automation = visit.business.automations.get()
    return Message.objects.create(
        business=visit.business,
        occasion=f"automation:{automation.uuid}:visit:{visit.uuid}",
        channel="email",
        kind="survey",
        guest=visit.guest,
        visit=visit,
        automation=automation,
        survey_invitation=invitation,
        to_address=visit.guest.contact_points.get(kind="email").raw,
        to_hash=visit.guest.contact_points.get(kind="email").fingerprint,
        language="nb",
        schedule_zone="Europe/Oslo",
        send_at=NOW,
        status=Message.Status.ACCEPTED,
        accepted_at=NOW,
        attempt_count=1,
        template_version=automation.template.versions.get(),
        subject=f"{marker}, how was it?",
        body_text=f"Hello {marker}",
        body_html=f"<p>Hello {marker}</p>",
        frozen_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def _campaign(template):
    business = template.business
    segment = Segment.objects.create(
        business=business, name="Φθινόπωρο", created_at=NOW, updated_at=NOW
    )
    ContactBudget.objects.create(business=business)
    return Campaign.objects.create(
        business=business,
        name="Φθινόπωρο",
        segment=segment,
        template=template,
        created_at=NOW,
        updated_at=NOW,
    )


def _exposure(message):
    Exposure.objects.create(
        business=message.business,
        automation=message.automation,
        guest=message.guest,
        is_control=False,
        at=NOW,
    )


def _attempt(message):
    Attempt.objects.create(
        business=message.business,
        message=message,
        number=1,
        lease_token=uuid4(),
        outcome=Attempt.Outcome.ACCEPTED,
        started_at=NOW,
        finished_at=NOW,
    )


def _what_came_back(message, marker):
    account = message.business.provider_accounts.get()
    Alert.objects.create(
        business=message.business,
        account=account,
        kind=Alert.Kind.PAUSED,
        reason="login",
        began_at=NOW,
        over_at=NOW,
    )
    SendingHours.objects.create(
        business=message.business,
        channel="email",
        purpose="survey",
        opens=time(9),
        closes=time(20),
    )
    call = WebhookEvent.objects.create(
        business=message.business,
        account=account,
        kind=WebhookEvent.Kind.TRACKING,
        digest=bytes(32),
        body=f'{{"to": "{message.to_address}"}}'.encode(),
        message=message,
        received_at=NOW,
        applied_at=NOW,
    )
    DeliveryEvent.objects.create(
        business=message.business,
        message=message,
        kind=DeliveryEvent.Kind.DELIVERED,
        at=NOW,
        source=call,
        noted_at=NOW,
    )
    InboundMessage.objects.create(
        business=message.business,
        account=account,
        channel="email",
        provider_message_id=f"<{uuid4()}@mail.example>",
        from_address=message.to_address,
        from_hash=message.to_hash,
        to_address="hello@solvik.example",
        subject=f"{marker}?",
        body=f"{marker}!",
        guest=message.guest,
        answers=message,
        received_at=NOW,
    )


def _job(business, owner):
    return Job.objects.create(
        business=business,
        kind="guest_copy",
        arguments={"guest": str(uuid4())},
        created_by=owner,
        created_at=NOW,
    )
