"""What a list of guests can show. Notes and health needs are never among it."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.core.csv_files import Amount
from crm.core.dates import say_birthday
from crm.core.locales import active_locale
from crm.core.phones import format_phone
from crm.core.regions import country_name
from customers.lists.columns import Column
from customers.lists.paging import Row
from customers.models import ContactPoint

Kind = ContactPoint.Kind
_LANGUAGES = dict(settings.LANGUAGES)


def _address(row: Row, kind: str) -> str:
    point = row.contacts.get(kind)
    if point is None:
        return ""
    return format_phone(point.normalized) if kind == Kind.PHONE else point.raw


def _contact(row: Row) -> str:
    return _address(row, Kind.PHONE) or _address(row, Kind.EMAIL)


def _spend(row: Row) -> Amount:
    return Amount(row.guest.summary.spend, row.currency)


def _country(row: Row) -> str:
    return country_name(row.guest.country, active_locale()) if row.guest.country else ""


def _birthday(row: Row) -> str:
    guest = row.guest
    return say_birthday(guest.birthday_day, guest.birthday_month, active_locale())


GUEST_COLUMNS: dict[str, Column[Row]] = {
    "marks": Column(
        _("Marks"), lambda row: ", ".join(badge.text for badge in row.badges)
    ),
    "company": Column(
        _("Company"),
        lambda row: row.guest.company.name if row.guest.company else "",
    ),
    "visits": Column(
        _("Visits"),
        lambda row: row.guest.summary.visits,
        is_number=True,
        is_labelled=True,
    ),
    "nights": Column(
        _("Nights"),
        lambda row: row.guest.summary.nights,
        is_number=True,
        is_labelled=True,
    ),
    "spend": Column(_("Spend"), _spend, is_number=True, is_labelled=True),
    "first": Column(
        _("First here"),
        lambda row: row.guest.summary.first_visit_on,
        is_number=True,
        is_labelled=True,
    ),
    "last": Column(
        _("Last here"),
        lambda row: row.guest.summary.last_visit_on,
        is_number=True,
        is_labelled=True,
    ),
    "next": Column(
        _("Next arrival"),
        lambda row: row.guest.summary.next_arrival_on,
        is_number=True,
        is_labelled=True,
    ),
    "contact": Column(
        pgettext_lazy("a column", "Contact"), _contact, is_on_phone=False
    ),
    "email": Column(_("Email"), lambda row: _address(row, Kind.EMAIL)),
    "phone": Column(_("Phone"), lambda row: _address(row, Kind.PHONE)),
    "city": Column(_("Town"), lambda row: row.guest.city),
    "country": Column(_("Country"), _country),
    "language": Column(
        _("Language"), lambda row: str(_LANGUAGES.get(row.guest.language, ""))
    ),
    "birthday": Column(_("Birthday"), _birthday, is_labelled=True),
    "source": Column(
        _("How they came to us"), lambda row: row.guest.source, is_labelled=True
    ),
    "member": Column(
        _("Member number"), lambda row: row.guest.member_number, is_labelled=True
    ),
    "known": Column(
        _("In the register since"),
        lambda row: row.guest.created_at,
        is_number=True,
        is_labelled=True,
    ),
}
USUAL_GUEST_COLUMNS = ("marks", "visits", "last", "next", "contact")
