"""Everything the house knows about one guest, by the policies of all apps."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.core.dates import say_clock, say_date
from crm.core.languages import in_language
from crm.core.locales import active_locale
from crm.core.money import format_money
from customers.merging.following import everybody
from customers.models import ContactPoint, Guest, Suppression
from customers.policies import GuestDataPolicy, policies
from customers.privacy.export_words import word_for
from customers.profile.custom_fields import custom_shown

NOTHING = "–"

# The house's own fields are one column of ours, and a row each to whoever reads.
OWN_FIELDS = "custom"

# Amounts are stored in minor units; a reader wants to see money.
MONEY = frozenset({"spend"})

# Known by fingerprint alone, so no policy leads there from the guest.
_SUPPRESSION = ("channel", "scope", "reason", "created_at")


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind, ready to be read: ``rows`` hold texts in order of headings."""

    title: str
    headings: list[str]
    rows: list[list[str]]

    @property
    def only_row(self) -> list[tuple[str, str]]:
        """Return the row as pairs when there is one; it reads better downwards."""
        if len(self.rows) != 1:
            return []
        return list(zip(self.headings, self.rows[0], strict=True))

    def without_empty_columns(self) -> "Section":
        """Return the section without what no row has anything in."""
        kept = [
            index
            for index in range(len(self.headings))
            if any(row[index] != NOTHING for row in self.rows)
        ]
        return Section(
            self.title,
            [self.headings[index] for index in kept],
            [[row[index] for index in kept] for row in self.rows],
        )


def export_guest(
    guest: Guest, *, with_confided: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """Return every exported field of every row about ``guest``, by model label.

    Also of those who were made one with this guest. Values are as stored, or as their
    policy reads them; rows are in the order in which they were written. Health needs are among them ``with_confided`` alone.
    """
    data = {
        policy.model._meta.label_lower: _rows(policy, guest, with_confided)
        for policy in _exported()
    }
    for row, entry in zip(data[Guest._meta.label_lower], everybody(guest), strict=True):
        row[OWN_FIELDS] = [
            {"field": label, "value": value} for label, value in _own_fields(entry)
        ]
    data["customers.suppression"] = _suppressions(guest)
    return data


def sections_of(guest: Guest, *, with_confided: bool = True) -> list[Section]:
    """Return the same in the active language, without what is empty."""
    data = export_guest(guest, with_confided=with_confided)
    sections = [
        _section(policy, data[policy.model._meta.label_lower], guest)
        for policy in _exported()
    ]
    if left_alone := data["customers.suppression"]:
        sections.append(_suppression_section(left_alone))
    return [section.without_empty_columns() for section in sections if section.rows]


def _exported() -> list[GuestDataPolicy]:
    # The guest first, then what hangs on it.
    return [policy for policy in reversed(policies()) if policy.export]


def _rows(
    policy: GuestDataPolicy, guest: Guest, with_confided: bool
) -> list[dict[str, Any]]:
    entries = [entry.pk for entry in everybody(guest)]
    stored = policy.model._base_manager.filter(**{f"{policy.guest_path}__in": entries})
    if policy.confided is not None and not with_confided:
        stored = stored.exclude(policy.confided)
    rows = [dict(row) for row in stored.order_by("pk").values(*policy.export)]
    for row in rows:
        row |= {path: read(row[path]) for path, read in policy.read.items()}
    return rows


def _suppressions(guest: Guest) -> list[dict[str, Any]]:
    points = ContactPoint.objects.filter(guest__in=everybody(guest))
    fingerprints = {point.fingerprint for point in points}
    rows = guest.business.suppressions.filter(
        address_hash__in=fingerprints, lifted_at=None
    ).order_by("pk")
    return [dict(row) for row in rows.values(*_SUPPRESSION)]


def _section(
    policy: GuestDataPolicy, rows: list[dict[str, Any]], guest: Guest
) -> Section:
    paths = [path for path in policy.export if path != OWN_FIELDS]
    section = Section(
        title=str(policy.title),
        headings=[heading_of(policy.model, path) for path in paths],
        rows=[
            [_say(policy.model, path, row[path], guest) for path in paths]
            for row in rows
        ],
    )
    if policy.model is Guest:
        _add_own_fields(section, guest)
    return section


def _add_own_fields(section: Section, guest: Guest) -> None:
    own = [dict(_own_fields(entry)) for entry in everybody(guest)]
    for label in dict.fromkeys(label for values in own for label in values):
        section.headings.append(label)
        for row, values in zip(section.rows, own, strict=True):
            row.append(values.get(label, NOTHING))


def _own_fields(guest: Guest) -> list[tuple[str, str]]:
    # What the house hides it still holds, so the guest gets it too.
    return custom_shown(guest, with_archived=True)


def _suppression_section(rows: list[dict[str, Any]]) -> Section:
    return Section(
        title=_("Addresses we leave alone"),
        headings=[heading_of(Suppression, path) for path in _SUPPRESSION],
        rows=[
            [_say_plain(Suppression, path, row[path]) for path in _SUPPRESSION]
            for row in rows
        ],
    )


def heading_of(model: type[models.Model], path: str) -> str:
    """Return what a field is called in a copy."""
    return word_for(path) or str(getattr(_field(model, path), "verbose_name", path))


def _say(model: type[models.Model], path: str, value: Any, guest: Guest) -> str:
    if path in MONEY and value is not None:
        return format_money(value, guest.business.currency, active_locale())
    return _say_plain(model, path, value)


def _say_plain(model: type[models.Model], path: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        local = localtime(value)
        clock = say_clock(local.time(), active_locale())
        return f"{say_date(local.date(), active_locale())} {clock}"
    if isinstance(value, date):
        return say_date(value, active_locale())
    if isinstance(value, time):
        return say_clock(value, active_locale())
    if isinstance(value, dict):
        return in_language(value, get_language() or "")
    choices = dict(getattr(_field(model, path), "flatchoices", []) or [])
    return str(choices.get(value, value))


def _field(model: type[models.Model], path: str) -> Any:
    for name in path.split("__"):
        try:
            field: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if field.related_model:
            model = field.related_model
    return field
