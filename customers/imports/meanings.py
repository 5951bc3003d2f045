"""What one column of one file means, and what reading it depends on in this house."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from crm.tenancy.models import Business
from customers.imports.fields import FIELDS, Holds, ImportField, consent_fields
from customers.models import CustomField
from customers.profile.custom_fields import LONGEST_WORDS, current_fields

_HOLDS = {
    CustomField.Kind.TEXT: Holds.TEXT,
    CustomField.Kind.NUMBER: Holds.DECIMAL,
    CustomField.Kind.DATE: Holds.DATE,
    CustomField.Kind.CHOICE: Holds.CHOICE,
    CustomField.Kind.YES_NO: Holds.YES_NO,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """``field`` is a key of the house's fields, or empty for a column left out.

    ``format`` is how its cells are written, see formats.py; empty where that does not
    matter. ``sure`` is False for what a person should look at.
    """

    column: int
    header: str
    field: str = ""
    format: str = ""
    sure: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(**{name: said[name] for name in cls.__slots__ if name in said})


@dataclass(frozen=True)
class House:
    """Whose file it is: its country, money and day, and the fields it has."""

    country: str
    currency: str
    today: date
    fields: Mapping[str, ImportField] = field(default_factory=lambda: FIELDS)


def house_of(business: Business, *, now: datetime) -> House:
    """Return what reading a cell depends on in this house. Costs one query."""
    own = {
        f"guest.custom.{each.uuid}": ImportField(
            f"guest.custom.{each.uuid}",
            each.label,
            _HOLDS[CustomField.Kind(each.kind)],
            LONGEST_WORDS,
            choices=tuple(each.choices),
        )
        for each in current_fields(business)
    }
    return House(
        country=business.country,
        currency=business.currency,
        today=now.astimezone(ZoneInfo(business.time_zone)).date(),
        fields={**FIELDS, **own, **consent_fields()},
    )
