"""What a list of guests is narrowed to, in words: each filter a piece of one sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from crm.core.dates import say_date
from crm.core.locales import active_locale
from crm.core.regions import country_name
from customers.lists.guest_filters import GuestFilters
from customers.models import Company, Segment, Tag
from customers.quality.amiss_words import AMISS_CHIPS


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force. ``name`` is its word in the address."""

    name: str
    text: str


def chips_of(filters: GuestFilters) -> list[Chip]:
    """Return the filters in force in an order in which they read as a sentence."""
    return [
        Chip(name, say(filters))
        for name, say in _SAY.items()
        if _is_asked(getattr(filters, name))
    ]


def _is_asked(value: object) -> bool:
    # Nought is a number that was asked for.
    return value is not None and value is not False and value != ""


def _reach(filters: GuestFilters) -> str:
    words = {
        "email": _("with an email address"),
        "phone": _("with a phone number"),
        "none": _("with neither email nor phone"),
    }
    return words[filters.reach]


def _visits(filters: GuestFilters) -> str:
    number = filters.visits or 0
    words = ngettext(
        "with at least %(count)s visit", "with at least %(count)s visits", number
    )
    return words % {"count": number}


def _arriving(filters: GuestFilters) -> str:
    if not filters.arriving:
        return _("arriving today")
    words = ngettext(
        "arriving in the next %(count)s day",
        "arriving in the next %(count)s days",
        filters.arriving,
    )
    return words % {"count": filters.arriving}


def _birthday(filters: GuestFilters) -> str:
    if filters.birthday == "this":
        return _("with a birthday this month")
    return _("with a birthday next month")


def _day(day: date | None) -> dict[str, str]:
    return {"day": say_date(day, active_locale()) if day else ""}


def _name(row: Tag | Company | Segment | None) -> str:
    return row.name if row else ""


def _country(filters: GuestFilters) -> str:
    country = country_name(filters.country, active_locale())
    return _("from %(place)s") % {"place": country}


def _language(filters: GuestFilters) -> str:
    name = get_language_info(filters.language)["name_translated"]
    return _("who speak %(language)s") % {"language": name}


_SAY: dict[str, Callable[[GuestFilters], str]] = {
    "vip": lambda _filters: _("who are VIP"),
    "tag": lambda filters: _("tagged “%(tag)s”") % {"tag": _name(filters.tag)},
    "segment": lambda filters: (
        _("in the segment “%(segment)s”") % {"segment": _name(filters.segment)}
    ),
    "company": lambda filters: (
        _("of %(company)s") % {"company": _name(filters.company)}
    ),
    "country": _country,
    "language": _language,
    "source": lambda filters: (
        _("who came through “%(source)s”") % {"source": filters.source}
    ),
    "reach": _reach,
    "visits": _visits,
    "last_from": lambda filters: (
        _("last here on %(day)s or later") % _day(filters.last_from)
    ),
    "last_to": lambda filters: (
        _("last here on %(day)s or before") % _day(filters.last_to)
    ),
    "away": lambda filters: _("away since %(day)s") % _day(filters.away),
    "arriving": _arriving,
    "birthday": _birthday,
    "amiss": lambda filters: str(AMISS_CHIPS[filters.amiss]),
    "news": lambda _filters: _("who may be written to about news"),
}
