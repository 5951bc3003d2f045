"""Values of a guest in words, side by side with another's."""

from typing import Any

from django.utils.translation import gettext as _

from crm.core.phones import format_phone
from customers.merging.values import ADDRESS, BIRTHDAY, OWN, PHOTO
from customers.models import ContactPoint, Guest
from customers.people.guest_words import say_value
from customers.people.households import companions_of
from customers.profile.custom_fields import custom_shown


def say_field(guest: Guest, field: str, value: Any) -> str:
    """Return what the guest has in a field, as people read it; empty for nothing."""
    if isinstance(value, ContactPoint):
        is_phone = value.kind == ContactPoint.Kind.PHONE
        return format_phone(value.normalized) if is_phone else value.raw
    if field.startswith(OWN):
        alone = Guest(business=guest.business, custom={field.removeprefix(OWN): value})
        shown = custom_shown(alone, with_archived=True)
        return " ".join(words for _label, words in shown) if value is not None else ""
    if not value or not any(value):
        return ""
    return _say_columns(guest, field, value)


def _say_columns(guest: Guest, field: str, value: tuple[Any, ...]) -> str:
    business = guest.business
    if field == ADDRESS:
        place = dict(zip(("street", "postal_code", "city"), value, strict=False))
        words = say_value(ADDRESS, place, business) if any(value[:3]) else ""
        country = say_value("country", value[3], business) if value[3] else ""
        return ", ".join(filter(None, (words, country)))
    if field == BIRTHDAY:
        day, month = value
        parts = {"birthday_day": day, "birthday_month": month}
        return say_value(BIRTHDAY, parts, business)
    if field == "company":
        return guest.company.name if guest.company else ""
    if field == "household":
        others = [other.display_name for other in companions_of(guest)]
        return _("with %(names)s") % {"names": ", ".join(others)} if others else ""
    if field == PHOTO:
        return _("a photo")
    return say_value(field, value[0], business)
