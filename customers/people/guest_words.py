"""The values of a guest form in words, for the page that asks which of two holds."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.utils.translation import gettext as _

from crm.core.dates import say_birthday
from crm.core.locales import active_locale
from crm.core.phones import format_phone
from crm.core.regions import country_name
from crm.tenancy.models import Business
from customers.models import Guest
from customers.people.guest_values import own_key
from customers.profile.custom_fields import custom_shown

_LANGUAGES = dict(settings.LANGUAGES)


def label_of(form: BaseForm, name: str) -> str:
    """Return what the form calls a value."""
    together = {"address": _("Address"), "birthday": _("Birthday")}
    return together.get(name) or str(form.fields[name].label)


def say_value(name: str, value: Any, business: Business) -> str:
    """Return a value as people read it; a few words also for nothing."""
    if not value and value is not False:
        return _("nothing")
    if key := own_key(name):
        guest = Guest(business=business, custom={key: value})
        return " ".join(words for _label, words in custom_shown(guest))
    if name in _WORDS:
        return _WORDS[name](value) or _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _address(value: Mapping[str, str]) -> str:
    town = f"{value['postal_code']} {value['city']}".strip()
    return ", ".join(part for part in (value["street"], town) if part)


def _birthday(value: Mapping[str, int | None]) -> str:
    return say_birthday(value["birthday_day"], value["birthday_month"], active_locale())


_WORDS: dict[str, Callable[[Any], str]] = {
    "address": _address,
    "birthday": _birthday,
    "country": lambda code: country_name(code, active_locale()),
    "emails": ", ".join,
    "language": lambda code: str(_LANGUAGES.get(code, code)),
    "phones": lambda numbers: ", ".join(format_phone(number) for number in numbers),
}
