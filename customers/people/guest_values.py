"""What a guest form asks for, as plain values that can be compared and put together.

What belongs together is one value: an address, a birthday. Contact points are lists of
what is compared, the one to use first. Fields of the house's own are ``custom_<uuid>``.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm.core.phones import InvalidPhone, format_phone, normalize_phone
from crm.tenancy.models import Business
from customers.edited_at_once import Values
from customers.guests import GuestFacts, contact_points_of, full_name
from customers.models import ContactPoint, Guest
from customers.profile.custom_fields import custom_initial

PLAIN = (
    "given_name", "family_name", "display_name", "is_vip", "member_number", "language",
    "country", "source",
)  # fmt: skip
TOGETHER = {
    "address": ("street", "postal_code", "city"),
    "birthday": ("birthday_day", "birthday_month"),
}
CONTACTS = {"emails": ContactPoint.Kind.EMAIL, "phones": ContactPoint.Kind.PHONE}
_OWN = "custom_"

# What was typed of an address or a number, by what is compared.
Typed = Mapping[str, str]


def values_of(guest: Guest) -> Values:
    """Return what is held of a guest. Costs two queries, and one for the company."""
    values: Values = {name: getattr(guest, name) for name in PLAIN}
    # Left empty, so that a new family name also reaches the name that is read.
    if guest.display_name == full_name(guest.given_name, guest.family_name):
        values["display_name"] = ""
    values["company"] = guest.company.name if guest.company else ""
    for name, parts in TOGETHER.items():
        values[name] = {part: getattr(guest, part) for part in parts}
    for name, kind in CONTACTS.items():
        points = contact_points_of(guest, kind)
        values[name] = [point.normalized for point in points]
    return values | {_OWN + UUID(key).hex: value for key, value in guest.custom.items()}


def initial_from(values: Mapping[str, Any], business: Business) -> dict[str, Any]:
    """Return what a form shows to begin with. Costs one query."""
    initial = {
        name: value
        for name, value in values.items()
        if name not in TOGETHER and not name.startswith(_OWN)
    }
    for name in TOGETHER:
        initial |= values.get(name, {})
    initial["phones"] = [format_phone(number) for number in values.get("phones", ())]
    return initial | custom_initial(Guest(business=business, custom=_own_of(values)))


def facts_from(values: Mapping[str, Any], *, guest: Guest, typed: Typed) -> GuestFacts:
    """Return all values of ``guest`` as what is written down.

    ``typed`` is how addresses and numbers read that were typed just now.
    """
    plain = {name: values[name] for name in (*PLAIN, "company")}
    together = {k: v for name in TOGETHER for k, v in values[name].items()}
    plain["display_name"] = plain["display_name"] or full_name(
        values["given_name"], values["family_name"]
    )
    country = values["country"] or guest.business.country
    return GuestFacts(
        **plain,
        **together,
        emails=tuple(typed.get(email, email) for email in values["emails"]),
        phones=tuple(
            _as_typed(phone, typed, country=country) for phone in values["phones"]
        ),
        custom=_own_of(values),
        external_id=guest.external_id,
    )


def typed_of(guest: Guest) -> dict[str, str]:
    """Return how the guest's addresses and numbers were typed, by what is compared."""
    return dict(guest.contact_points.values_list("normalized", "raw"))


def own_key(name: str) -> str | None:
    """Return the key in ``Guest.custom`` for a form name; None for other fields."""
    return str(UUID(name.removeprefix(_OWN))) if name.startswith(_OWN) else None


def _own_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for name, value in values.items()
        if (key := own_key(name)) and value is not None
    }


def _as_typed(phone: str, typed: Typed, *, country: str) -> str:
    # A number without country code says another one once the country has changed.
    raw = typed.get(phone, phone)
    try:
        return raw if normalize_phone(raw, country=country) == phone else phone
    except InvalidPhone:
        return phone
