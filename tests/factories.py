"""Builders: plain functions that make one believable thing, quietly.

A test names the values it is about; everything else has a default.
"""

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from uuid import uuid4

from PIL import Image

from crm.accounts.models import User
from crm.core.pictures import square_portrait
from crm.core.text import search_key
from crm.tenancy.models import Business, Staff, Venue
from customers.care.preferences import Wish, note_preference
from customers.care.promises import PromiseFacts, promise
from customers.consent import record_consent
from customers.guests import GuestFacts, create_guest
from customers.models import (
    Channel,
    ConsentEvent,
    CustomField,
    Guest,
    PolicyStep,
    Preference,
    PreferenceKind,
    Promise,
    Purpose,
    Segment,
    Tag,
    Visit,
    VisitLine,
)
from customers.notes.writing import write_note
from customers.visits import VisitFacts, record_visit
from outreach.accounts.choosing import give_installation_accounts
from surveys.invitations import invite
from surveys.ready import create_ready_survey
from surveys.responses import submit_response

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)

_numbers = count(1)


def make_user(email=None, *, name="Alba Solheim", language="en", password=None):
    return User.objects.create_user(
        email or f"person{next(_numbers)}@solvik.example",
        password,
        name=name,
        language=language,
    )


def make_business(name="Casa Alba", *, slug="casa-alba", **fields):
    values = {
        "time_zone": "Europe/Oslo",
        "currency": "NOK",
        "language": "nb",
        "email": f"post@{slug}.example",
        "postal_address": "Strandgata 1, 6783 Stryn",
    }
    business = Business.objects.create(name=name, slug=slug, **(values | fields))
    give_installation_accounts(now=NOW)
    return business


def make_venue(business, name="Hotellet", *, kind=Venue.Kind.HOTEL, **fields):
    values = {"time_zone": business.time_zone}
    return Venue.objects.create(
        business=business, name=name, kind=kind, **(values | fields)
    )


def make_staff(business, user, role=Staff.Role.OWNER):
    return Staff.objects.create(business=business, user=user, role=role)


def make_guest(business, display_name="Nora Østby", *, now=NOW, **facts) -> Guest:
    given, _, family = display_name.rpartition(" ")
    values = {"given_name": given, "family_name": family, "language": "nb"}
    return create_guest(
        business=business,
        facts=GuestFacts(display_name=display_name, **(values | facts)),
        actor=None,
        now=now,
    )


def make_visit(
    guest,
    *,
    state=Visit.State.COMPLETED,
    arrival_date=None,
    nights=2,
    venue=None,
    kind=Visit.Kind.STAY,
    spend=234_000,
    now=NOW,
    **facts,
) -> Visit:
    arrival_date = arrival_date or now.date() - timedelta(days=2)
    return record_visit(
        guest,
        facts=VisitFacts(
            venue=venue or guest.business.venues.first() or make_venue(guest.business),
            kind=kind,
            arrival_date=arrival_date,
            departure_date=arrival_date + timedelta(days=nights),
            spend=spend,
            **facts,
        ),
        state=state,
        actor=None,
        now=now,
    )


def make_line(visit, name="Soup", *, category="food", **fields) -> VisitLine:
    return VisitLine.objects.create(
        business=visit.business,
        visit=visit,
        category=category,
        name=name,
        key=search_key(name),
        **fields,
    )


def facts_of(visit, **changes) -> VisitFacts:
    values = {field.name: getattr(visit, field.name) for field in fields(VisitFacts)}
    return VisitFacts(**(values | changes))


def allow(guest, purpose=Purpose.SURVEY, *, channel=Channel.EMAIL, now=NOW):
    return record_consent(
        guest,
        purpose=purpose,
        channel=channel,
        is_granted=True,
        source=ConsentEvent.Source.DESK,
        evidence="asked at the desk",
        now=now,
    )


def make_invitation(visit, *, survey=None, language="nb", now=NOW):
    survey = survey or visit.business.surveys.first()
    return invite(
        survey or create_ready_survey(visit.business, now=now),
        visit,
        language=language,
        now=now,
        expires_at=now + timedelta(days=30),
    )


def make_response(visit, *, recommend=9, satisfaction=None, comment="", at=NOW):
    answers = {"recommend": recommend, "comment": comment}
    if satisfaction is not None:
        answers["satisfaction"] = satisfaction
    return submit_response(
        make_invitation(visit, now=at), answers, language="nb", now=at
    )


def make_preference(
    guest, kind="Pillow", wish="Firm", *, now=NOW, actor=None, confirmed_on=None, **said
) -> Preference:
    about, _new = PreferenceKind.objects.get_or_create(
        business=guest.business, name=kind, defaults={"created_at": now}
    )
    return note_preference(
        guest,
        Wish(kind=about, wish=wish, **said),
        actor=actor,
        today=confirmed_on or now.date(),
        now=now,
    )


def make_promise(guest, text, *, visit=None, now=NOW, actor=None, **facts) -> Promise:
    return promise(
        guest, PromiseFacts(text=text, **facts), visit=visit, actor=actor, now=now
    )


def make_policy_step(
    business,
    text="Greet by name",
    *,
    visit_kind="stay",
    moment="arrival",
    now=NOW,
    **fields,
) -> PolicyStep:
    return PolicyStep.objects.create(
        business=business,
        text=text,
        visit_kind=visit_kind,
        moment=moment,
        created_at=now,
        **fields,
    )


TEN = time(10)


def make_field(business, label="Boat", *, kind="text", now=NOW, **values):
    return CustomField.objects.create(
        business=business, label=label, kind=kind, created_at=now, **values
    )


def make_segment(business, name="Swedes", *, rules=None, now=NOW, **values) -> Segment:
    return Segment.objects.create(
        business=business,
        name=name,
        rules=rules or {},
        created_at=now,
        updated_at=now,
        **values,
    )


def make_tag(business, name="Sails", *, now=NOW, **values):
    return Tag.objects.create(
        business=business, name=name, key=search_key(name), created_at=now, **values
    )


def make_note(guest, text="Likes the corner room.", *, now=NOW, author=None, **values):
    return write_note(
        guest,
        uuid=uuid4(),
        text=text,
        author=author or make_user(),
        now=now,
        **({"venue": None, "is_pinned": False} | values),
    )


def make_portrait(side=64, *, colour=(90, 120, 110)) -> bytes:
    return square_portrait(make_picture((side, side), colour=colour), size=1)


def make_picture(size=(64, 64), *, colour=(90, 120, 110), kind="JPEG", **options):
    """Return a file as a camera would write it."""
    packed = BytesIO()
    Image.new("RGB", size, colour).save(packed, kind, **options)
    packed.seek(0)
    return packed
