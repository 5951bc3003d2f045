"""The two houses, set up the way any house is set up, and what their guests need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from crm.accounts.models import User
from crm.core.clock import local_date
from crm.devtools.demo.habits import MANE, SOLVIK, Ladder
from crm.devtools.demo.seasons import Calendar, calendars
from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.models import Business, Staff, Venue
from customers import consent_notice
from customers.models import ConsentWording
from loyalty.models import Program
from outreach.models import Automation, TemplateVersion
from surveys.models import Survey, SurveyVersion

PASSWORD = "gjensyn-demo"  # noqa: S105 -- the demo's, refused elsewhere
YEARS = 3


class Login(NamedTuple):
    email: str
    name: str
    language: str
    role: str


SOLVIK_STAFF = (
    Login("owner@solvik.example", "Alba Solheim", "en", Staff.Role.OWNER),
    Login("manager@solvik.example", "Mathias Vik", "en", Staff.Role.MANAGER),
    Login("staff@solvik.example", "Ida Flo", "en", Staff.Role.STAFF),
    Login("viewer@solvik.example", "Ragnhild Eide", "en", Staff.Role.VIEWER),
)
MANE_STAFF = (Login("owner@mane.example", "Måne Kjær", "en", Staff.Role.OWNER),)


@dataclass(frozen=True, slots=True)
class Plan:
    """One automation, as the makers of messages need it."""

    automation_id: int
    automation_uuid: UUID
    venue_ids: frozenset[int]
    delay_days: int
    local_time: time | None
    expires_after_hours: int
    active_from: datetime
    template_version_id: int
    subjects: Mapping[str, str]
    survey_id: int
    survey_version_id: int
    question_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Notice:
    """The wording a consent rests on."""

    id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that the makers need to know of a business that was set up."""

    business: Business
    zone: str
    now: datetime
    today: date
    first_day: date
    ladder: Ladder
    calendars: Mapping[str, Calendar]
    venue_ids: Mapping[str, int]
    staff_ids: tuple[int, ...]
    notices: Mapping[tuple[str, str], Notice]
    plans: tuple[Plan, ...]

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)


def create_solvik(
    *, now: datetime, slug: str = "solvik", name: str = "Solvik Hotell & Restaurant"
) -> House:
    """Set up a hotel with a restaurant, as if it had been here for three years."""
    business = _create(
        BusinessFacts(
            name=name,
            slug=slug,
            email="post@solvik.example",
            phone="+47 57 87 00 00",
            postal_address="Perhusvegen 12, 6783 Stryn",
            website="https://solvik.example",
        ),
        (
            VenueFacts(name="Solvik Hotell", kind=Venue.Kind.HOTEL),
            VenueFacts(name="Restaurant Solvik", kind=Venue.Kind.RESTAURANT),
        ),
        SOLVIK_STAFF,
        now=now,
    )
    _name_the_ladder(
        business,
        "Solvik Venner",
        (
            ("Bronze", 2, "A cup of coffee on the house"),
            ("Silver", 4, "Late check-out until 14:00, and the newspaper at the door"),
            ("Gold", 8, "A better room when one is free, and a card from the kitchen"),
        ),
    )
    after_stay = _first_automation(business)
    hotel, restaurant = business.venues.order_by("pk")
    _switch_on(
        after_stay,
        venue=hotel,
        delay_days=1,
        local_time=time(10),
        since=now - timedelta(days=900),
    )
    after_meal = _another_automation(after_stay, name="After the meal", now=now)
    _switch_on(
        after_meal,
        venue=restaurant,
        delay_days=0,
        local_time=None,
        since=now - timedelta(days=120),
    )
    return _house(business, SOLVIK, now=now)


def create_mane(*, now: datetime) -> House:
    """Set up a café that a thank-you leaves the moment its guest does."""
    business = _create(
        BusinessFacts(
            name="Kafé Måne",
            slug="mane",
            email="hei@mane.example",
            phone="+47 57 87 11 11",
            postal_address="Tonningsgata 3, 6783 Stryn",
            website="https://mane.example",
        ),
        (VenueFacts(name="Kafé Måne", kind=Venue.Kind.CAFE),),
        MANE_STAFF,
        now=now,
    )
    _switch_on(
        _first_automation(business),
        venue=business.venues.get(),
        delay_days=0,
        local_time=None,
        since=now - timedelta(days=240),
    )
    return _house(business, MANE, now=now)


def _create(
    facts: BusinessFacts,
    venues: tuple[VenueFacts, ...],
    logins: tuple[Login, ...],
    *,
    now: datetime,
) -> Business:
    opened = now - timedelta(days=365 * YEARS + 30)
    users = [_user(login) for login in logins]
    business = create_business(facts=facts, venues=venues, owner=users[0], now=opened)
    Business.objects.filter(pk=business.pk).update(created_at=opened)
    Staff.objects.bulk_create(
        Staff(business=business, user=user, role=login.role)
        for user, login in zip(users[1:], logins[1:], strict=True)
    )
    consent_notice.switch_on(business, now=opened)
    return business


def _user(login: Login) -> User:
    known = User.objects.filter(email=login.email).first()
    return known or User.objects.create_user(
        login.email, PASSWORD, name=login.name, language=login.language
    )


def _name_the_ladder(
    business: Business, name: str, steps: tuple[tuple[str, int, str], ...]
) -> None:
    program = Program.objects.get(business=business)
    program.name = name
    program.save(update_fields=["name"])
    for tier, (title, visits, promise) in zip(
        program.tiers.order_by("-rank"), reversed(steps), strict=True
    ):
        tier.name, tier.entry_visits, tier.promise = title, visits, promise
        tier.save(update_fields=["name", "entry_visits", "promise"])


def _first_automation(business: Business) -> Automation:
    return business.automations.order_by("pk")[0]


def _another_automation(model: Automation, *, name: str, now: datetime) -> Automation:
    automation = Automation.objects.get(pk=model.pk)
    automation.pk = None
    automation.uuid = UUID(int=model.uuid.int ^ 1)
    automation.name = name
    automation._state.adding = True
    automation.save()
    return automation


def _switch_on(
    automation: Automation,
    *,
    venue: Venue,
    delay_days: int,
    local_time: time | None,
    since: datetime,
) -> None:
    automation.venues.set([venue])
    automation.delay_days, automation.local_time = delay_days, local_time
    automation.is_active, automation.activated_at = True, since
    automation.save(
        update_fields=["delay_days", "local_time", "is_active", "activated_at"]
    )


def _house(business: Business, ladder: Ladder, *, now: datetime) -> House:
    today = local_date(now, business.time_zone)
    first_day = today - timedelta(days=365 * YEARS)
    return House(
        business=business,
        zone=business.time_zone,
        now=now,
        today=today,
        first_day=first_day,
        ladder=ladder,
        calendars=calendars(first_day, today + timedelta(days=240)),
        venue_ids=_venues_by_visit_kind(business),
        staff_ids=tuple(
            business.staff.filter(role__in=("owner", "manager", "staff"))
            .order_by("pk")
            .values_list("user_id", flat=True)
        ),
        notices={
            (wording.purpose, wording.basis): Notice(wording.pk, wording.version)
            for wording in ConsentWording.objects.filter(
                business=business, is_current=True
            )
        },
        plans=tuple(_plan(row) for row in business.automations.order_by("pk")),
    )


def _venues_by_visit_kind(business: Business) -> dict[str, int]:
    by_kind = {venue.kind: venue.pk for venue in business.venues.order_by("pk")}
    meals = by_kind.get(Venue.Kind.RESTAURANT) or by_kind[Venue.Kind.CAFE]
    beds = by_kind.get(Venue.Kind.HOTEL, meals)
    return {"stay": beds, "tour": beds, "table": meals, "event": meals}


def _plan(automation: Automation) -> Plan:
    survey = Survey.objects.get(pk=automation.survey_id or 0)
    version = SurveyVersion.objects.filter(survey=survey).latest("number")
    words = TemplateVersion.objects.filter(template=automation.template).latest(
        "number"
    )
    return Plan(
        automation_id=automation.pk,
        automation_uuid=automation.uuid,
        venue_ids=frozenset(automation.venues.values_list("pk", flat=True)),
        delay_days=automation.delay_days,
        local_time=automation.local_time,
        expires_after_hours=automation.expires_after_hours,
        active_from=automation.activated_at or automation.created_at,
        template_version_id=words.pk,
        subjects={code: text["subject"] for code, text in words.contents.items()},
        survey_id=survey.pk,
        survey_version_id=version.pk,
        question_ids=dict(version.questions.values_list("code", "pk")),
    )
