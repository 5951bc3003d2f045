"""What stands on a guest that only one of two can keep, field by field.

What belongs together is one field: a name, an address, a birthday. The house's own
fields are ``custom.<uuid>``; ``email`` and ``phone`` are the ones to use first.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.guests import contact_points_of
from customers.models import ContactPoint, CustomField, Guest

NAME, ADDRESS, BIRTHDAY, PHOTO = "name", "address", "birthday", "photo"

COLUMNS: dict[str, tuple[str, ...]] = {
    NAME: ("display_name", "given_name", "family_name"),
    BIRTHDAY: ("birthday_day", "birthday_month"),
    ADDRESS: ("street", "postal_code", "city", "country"),
    "language": ("language",),
    "company": ("company_id",),
    "household": ("household_id",),
    "member_number": ("member_number",),
    "source": ("source",),
    "is_vip": ("is_vip",),
    PHOTO: ("photo_id",),
}
CONTACTS = {"email": ContactPoint.Kind.EMAIL, "phone": ContactPoint.Kind.PHONE}
OWN = "custom."

LABELS: dict[str, str | Promise] = {
    NAME: _("Name"),
    "email": _("Email"),
    "phone": _("Phone"),
    BIRTHDAY: _("Birthday"),
    ADDRESS: _("Address"),
    "language": _("Language"),
    "company": _("Company"),
    "household": _("Household"),
    "member_number": _("Member number"),
    "source": _("How they came to us"),
    "is_vip": _("VIP"),
    PHOTO: _("Photo"),
}


def held_by(guest: Guest) -> dict[str, Any]:
    """Return what the guest holds by field; a field of several columns is a tuple.

    Costs two queries for the contact points.
    """
    held: dict[str, Any] = {
        name: tuple(getattr(guest, column) for column in columns)
        for name, columns in COLUMNS.items()
    }
    for name, kind in CONTACTS.items():
        held[name] = next(iter(contact_points_of(guest, kind)), None)
    return held | {OWN + key: value for key, value in guest.custom.items()}


def says_nothing(value: Any) -> bool:
    """Return whether a field is empty. A no is an answer, also where it is no VIP."""
    if isinstance(value, tuple):
        return not any(value)
    return value is None or value == ""


def compared(value: Any) -> Any:
    """Return what two values are compared by."""
    return value.normalized if isinstance(value, ContactPoint) else value


def columns_of(guest: Guest, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return these columns of the guest; fields of the house's own beside them."""
    return {name: column_of(guest, name) for name in names}


def column_of(guest: Guest, name: str) -> Any:
    """Return one column, or one of the house's own fields, as it stands."""
    if name.startswith(OWN):
        return guest.custom.get(name.removeprefix(OWN))
    return getattr(guest, name)


def set_column(guest: Guest, name: str, value: Any) -> None:
    """Put a value where ``column_of`` reads it. Nothing is saved."""
    if not name.startswith(OWN):
        setattr(guest, name, value)
    elif value is None:
        guest.custom.pop(name.removeprefix(OWN), None)
    else:
        guest.custom[name.removeprefix(OWN)] = value


def field_of(column: str) -> str:
    """Return the field that a column belongs to."""
    for name, columns in COLUMNS.items():
        if column in columns:
            return name
    return column


def labels_for(names: set[str]) -> dict[str, str | Promise]:
    """Return what people call these fields. One query when some are the house's own."""
    own = {name.removeprefix(OWN) for name in names if name.startswith(OWN)}
    labels = {name: LABELS[name] for name in names if name in LABELS}
    if own:
        for field in CustomField.objects.filter(uuid__in=own):
            labels[f"{OWN}{field.uuid}"] = field.label
    return labels
