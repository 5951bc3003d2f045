"""The rows that are made, column by column as the tables have them.

Plain and small, because a million of them are made; ``loading.py`` checks that none of a
table's columns was forgotten.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID


@dataclass(slots=True)
class GuestRow:
    id: int
    business_id: int
    uuid: UUID
    external_id: str
    display_name: str
    given_name: str
    family_name: str
    language: str
    country: str
    street: str
    postal_code: str
    city: str
    birthday_month: int | None
    birthday_day: int | None
    company_id: int | None
    source: str
    is_vip: bool
    member_number: str
    search_text: str
    name_sort_key: str
    created_at: datetime
    updated_at: datetime
    household_id: int | None = None
    custom: str = "{}"
    photo_id: int | None = None
    erased_at: datetime | None = None
    merged_into_id: int | None = None


@dataclass(slots=True)
class ContactRow:
    id: int
    business_id: int
    guest_id: int
    kind: str
    raw: str
    normalized: str
    is_primary: bool
    created_at: datetime
    bounced_at: datetime | None = None


@dataclass(slots=True)
class VisitRow:
    id: int
    business_id: int
    uuid: UUID
    venue_id: int
    guest_id: int
    booker_id: int | None
    kind: str
    state: str
    arrival_date: date
    departure_date: date
    arrival_time: time | None
    party_size: int
    spend: int
    label: str
    source: str
    is_employer_paid: bool
    created_at: datetime
    updated_at: datetime
    arrived_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    external_id: str = ""
    came_by_id: int | None = None

    @property
    def is_paid(self) -> bool:
        return self.state == "completed" and self.spend > 0


@dataclass(slots=True)
class ConsentRow:
    id: int
    business_id: int
    guest_id: int
    purpose: str
    channel: str
    is_granted: bool
    basis: str
    source: str
    wording_id: int | None
    at: datetime
    evidence: str = ""
    sale_visit_id: int | None = None
    noted_by_id: int | None = None


@dataclass(slots=True)
class SuppressionRow:
    id: int
    business_id: int
    channel: str
    address_hash: bytes
    scope: str
    reason: str
    created_at: datetime
    lifted_at: datetime | None = None
    lifted_by_id: int | None = None


@dataclass(slots=True)
class InvitationRow:
    id: int
    business_id: int
    uuid: UUID
    version_id: int
    survey_id: int
    guest_id: int
    visit_id: int
    language: str
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    tier_at_sending: str = ""


@dataclass(slots=True)
class ResponseRow:
    id: int
    business_id: int
    invitation_id: int
    survey_id: int
    language: str
    submitted_at: datetime


@dataclass(slots=True)
class AnswerRow:
    id: int
    business_id: int
    response_id: int
    question_id: int
    number: int | None
    text: str


@dataclass(slots=True)
class MessageRow:
    id: int
    business_id: int
    uuid: UUID
    occasion: str
    channel: str
    kind: str
    guest_id: int
    visit_id: int
    automation_id: int
    to_address: str
    to_hash: bytes | None
    language: str
    local_date: date
    local_time: time | None
    schedule_zone: str
    send_at: datetime
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    survey_invitation_id: int | None = None
    campaign_id: int | None = None
    variant: str = ""
    template_version_id: int | None = None
    status: str = "queued"
    reason: str = ""
    may_be_double: bool = False
    attempt_count: int = 0
    accepted_at: datetime | None = None
    provider_message_id: str = ""
    subject: str = ""
    body_text: str = ""
    body_html: str = ""
    frozen_at: datetime | None = None
    unknown_since: datetime | None = None
    resend_of_id: int | None = None
    lease_token: UUID | None = None
    lease_until: datetime | None = None
    lease_owner: str = ""
    is_letter: bool = False
    letter_links: str = "{}"
    account_id: int | None = None
    missing_count: int = 0
    looked_for_at: datetime | None = None
    delivery: str = ""
    delivery_at: datetime | None = None
    complained_at: datetime | None = None
    parts: int | None = None
    encoding: str = ""
    cost_estimate: int | None = None
    cost: int | None = None
    cost_currency: str = ""
    purged_at: datetime | None = None


@dataclass(slots=True)
class AttemptRow:
    id: int
    business_id: int
    message_id: int
    number: int
    lease_token: UUID
    outcome: str
    detail: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(slots=True)
class EventRow:
    id: int
    business_id: int
    at: datetime
    actor_id: int | None
    action: str
    object_type: str
    object_ref: str
    fields: list[str] = field(default_factory=list)
    batch: str = ""
