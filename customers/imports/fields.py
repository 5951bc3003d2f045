"""What a column of a file can mean. How columns are called elsewhere is in headings.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Channel, Purpose


class Holds(StrEnum):
    """What stands in the cells of a column, and so how they are read."""

    TEXT = "text"
    NUMBER_ID = "number_id"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    BIRTHDAY = "birthday"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    CLOCK = "clock"
    COUNT = "count"
    MONEY = "money"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    LANGUAGE = "language"
    COUNTRY = "country"
    TAGS = "tags"
    VISIT_KIND = "visit_kind"
    VISIT_STATE = "visit_state"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ImportField:
    """Something we keep, and a column can say. ``most`` is how long it may be."""

    key: str
    label: str | Promise
    holds: Holds
    most: int = 0
    # Whether several columns may mean it.
    is_many: bool = False
    choices: tuple[str, ...] = field(default=())

    @property
    def group(self) -> str:
        """Return ``guest``, ``visit`` or ``consent``."""
        return self.key.partition(".")[0]


def _field(
    key: str,
    label: str | Promise,
    holds: Holds = Holds.TEXT,
    most: int = 0,
    *,
    is_many: bool = False,
) -> ImportField:
    return ImportField(key, label, holds, most, is_many)


_GUEST = (
    _field(
        "guest.external_id", _("Guest's number in the old system"), Holds.NUMBER_ID, 80
    ),
    _field("guest.full_name", _("Whole name"), most=150),
    _field("guest.given_name", _("First name"), most=80),
    _field("guest.family_name", _("Family name"), most=80),
    _field("guest.email", _("Email"), Holds.EMAIL, is_many=True),
    _field("guest.phone", _("Phone"), Holds.PHONE, is_many=True),
    _field("guest.birthday", _("Birthday"), Holds.BIRTHDAY),
    _field("guest.birthday_day", _("Birthday: day"), Holds.DAY),
    _field("guest.birthday_month", _("Birthday: month"), Holds.MONTH),
    _field("guest.language", _("Language"), Holds.LANGUAGE),
    _field("guest.street", _("Street"), most=150),
    _field("guest.postal_code", _("Postal code"), Holds.NUMBER_ID, 16),
    _field("guest.city", _("Town"), most=80),
    _field("guest.country", _("Country"), Holds.COUNTRY),
    _field("guest.company", _("Company"), most=120),
    _field("guest.member_number", _("Member number"), Holds.NUMBER_ID, 40),
    _field("guest.vip", _("VIP"), Holds.YES_NO),
    _field("guest.tags", _("Tags"), Holds.TAGS, is_many=True),
    _field("guest.source", _("How they came to us"), most=40),
    _field("guest.note", _("Note"), most=2000, is_many=True),
)

_VISIT = (
    _field("visit.external_id", _("Booking number"), Holds.NUMBER_ID, 80),
    _field("visit.arrival", _("Arrival"), Holds.DATE),
    _field("visit.arrival_year", _("Arrival: year"), Holds.YEAR),
    _field("visit.arrival_month", _("Arrival: month"), Holds.MONTH),
    _field("visit.arrival_day", _("Arrival: day"), Holds.DAY),
    _field("visit.departure", _("Departure"), Holds.DATE),
    _field("visit.departure_year", _("Departure: year"), Holds.YEAR),
    _field("visit.departure_month", _("Departure: month"), Holds.MONTH),
    _field("visit.departure_day", _("Departure: day"), Holds.DAY),
    _field(
        "visit.nights", pgettext_lazy("how many", "Nights"), Holds.COUNT, is_many=True
    ),
    _field("visit.time", _("Time"), Holds.CLOCK),
    _field("visit.people", _("People"), Holds.COUNT, is_many=True),
    _field("visit.spend", _("Spend"), Holds.MONEY),
    _field("visit.kind", _("Kind of visit"), Holds.VISIT_KIND),
    _field("visit.state", _("State of the booking"), Holds.VISIT_STATE),
    _field("visit.venue", _("Venue")),
    _field("visit.label", _("Room or table"), Holds.NUMBER_ID, 40),
    _field("visit.source", _("Booked through"), most=40),
    _field("visit.employer_paid", _("An employer pays"), Holds.YES_NO),
)

FIELDS: Mapping[str, ImportField] = {each.key: each for each in (*_GUEST, *_VISIT)}

# What can be agreed to by a column of a file: messages about a visit need no yes.
ASKED = tuple(
    (purpose, channel)
    for purpose in (Purpose.MARKETING, Purpose.SURVEY)
    for channel in Channel
)


def consent_key(purpose: str, channel: str) -> str:
    return f"consent.{purpose}.{channel}"


def consent_fields() -> dict[str, ImportField]:
    """Return a field for each thing that guests say yes or no to."""
    return {
        consent_key(purpose, channel): ImportField(
            consent_key(purpose, channel),
            _("%(channel)s: %(purpose)s")
            % {"channel": channel.label, "purpose": purpose.label},
            Holds.YES_NO,
        )
        for purpose, channel in ASKED
    }
