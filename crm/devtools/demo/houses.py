"""What the makers need to know of a business that was set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from crm.core.clock import local_date
from crm.devtools.demo.habits import Ladder
from crm.devtools.demo.seasons import Calendar, calendars
from crm.tenancy.models import Business, Staff, Venue
from outreach.models import Automation
from surveys.models import Survey

YEARS = 3
_BOOKED_AHEAD = timedelta(days=240)


@dataclass(frozen=True, slots=True)
class Plan:
    """One automation that is on, with its words and its questions."""

    automation_id: int
    automation_uuid: UUID
    venue_ids: frozenset[int]
    delay_days: int
    local_time: time | None
    patience: timedelta
    active_from: datetime
    template_version_id: int
    subjects: Mapping[str, str]
    survey_id: int
    survey_version_id: int
    question_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Notice:
    """The wording that a consent rests on."""

    id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A business at one moment. ``notices`` are by purpose and basis."""

    business: Business
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
    def zone(self) -> str:
        return self.business.time_zone

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)


def describe(business: Business, ladder: Ladder, *, now: datetime) -> House:
    """Return ``business`` as it stands in the database, ready to be filled."""
    today = local_date(now, business.time_zone)
    first_day = today - timedelta(days=365 * YEARS)
    return House(
        business=business,
        now=now,
        today=today,
        first_day=first_day,
        ladder=ladder,
        calendars=calendars(first_day, today + _BOOKED_AHEAD),
        venue_ids=_venues_by_visit_kind(business),
        staff_ids=_staff_who_note(business),
        notices={
            (wording.purpose, wording.basis): Notice(wording.pk, wording.version)
            for wording in business.consent_wordings.filter(is_current=True)
        },
        plans=tuple(
            _plan(row)
            for row in business.automations.filter(is_active=True).order_by("pk")
        ),
    )


def _venues_by_visit_kind(business: Business) -> dict[str, int]:
    by_kind = {venue.kind: venue.pk for venue in business.venues.order_by("pk")}
    meals = by_kind.get(Venue.Kind.RESTAURANT) or by_kind[Venue.Kind.CAFE]
    beds = by_kind.get(Venue.Kind.HOTEL, meals)
    return {"stay": beds, "tour": beds, "table": meals, "event": meals}


def _staff_who_note(business: Business) -> tuple[int, ...]:
    staff = business.staff.exclude(role=Staff.Role.VIEWER).order_by("pk")
    return tuple(staff.values_list("user_id", flat=True))


def _plan(automation: Automation) -> Plan:
    survey = Survey.objects.get(pk=automation.survey_id or 0)
    version = survey.versions.latest("number")
    words = automation.template.versions.latest("number")
    return Plan(
        automation_id=automation.pk,
        automation_uuid=automation.uuid,
        venue_ids=frozenset(automation.venues.values_list("pk", flat=True)),
        delay_days=automation.delay_days,
        local_time=automation.local_time,
        patience=timedelta(hours=automation.expires_after_hours),
        active_from=automation.activated_at or automation.created_at,
        template_version_id=words.pk,
        subjects={code: text["subject"] for code, text in words.contents.items()},
        survey_id=survey.pk,
        survey_version_id=version.pk,
        question_ids=dict(version.questions.values_list("code", "pk")),
    )
