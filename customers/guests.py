"""Create and amend guests, with the line that search reads and the key that lists sort by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.addresses import normalize_email
from crm.core.once import broken_rule
from crm.core.phones import normalize_phone
from crm.core.text import name_sort_key
from crm.tenancy.models import Business
from customers.duplicates.checking import check_on_commit
from customers.models import ContactPoint, Guest, GuestSummary
from customers.people.companies import company_named
from customers.quality.checking import note_changed
from customers.searching.lines import (
    KnownBefore,
    keep_line,
    known_before,
    search_line,
)
from customers.summaries import lock_guest


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFacts:
    """What a person at the desk knows about a guest.

    ``emails`` and ``phones`` as typed, the primary one first. Phones without a country
    code are numbers of the guest's country, else of the business's.
    """

    display_name: str
    given_name: str = ""
    family_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str = ""
    country: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    birthday_month: int | None = None
    birthday_day: int | None = None
    company: str = ""
    source: str = ""
    is_vip: bool = False
    member_number: str = ""
    external_id: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)


class MemberNumberIsTaken(Exception):
    """Another guest of the business has the member number."""


class GuestIsThere(Exception):
    """A guest with the uuid was created before."""


# Facts that are columns of the guest as they stand. The firm is a row of its own.
COLUMNS = tuple(
    fact.name
    for fact in fields(GuestFacts)
    if fact.name not in {"emails", "phones", "company"}
)


@transaction.atomic
def create_guest(
    *,
    business: Business,
    facts: GuestFacts,
    actor: User | None,
    now: datetime,
    uuid: UUID | None = None,
) -> Guest:
    """Create a guest with contact points and an empty summary.

    Raise InvalidEmail or InvalidPhone when a contact point cannot be read,
    MemberNumberIsTaken, or GuestIsThere when ``uuid`` is somebody's.
    """
    guest = Guest(
        business=business, uuid=uuid or uuid4(), created_at=now, updated_at=now
    )
    _apply(guest, facts, now=now)
    _save(guest)
    _replace_contact_points(guest, facts, now=now)
    GuestSummary.objects.create(guest=guest, business=business)
    keep_line(guest)
    record_event(
        business=business, actor=actor, action="created", subject=guest, now=now
    )
    check_on_commit(guest, now=now)
    return guest


@transaction.atomic
def amend_guest(
    guest: Guest, *, facts: GuestFacts, actor: User | None, now: datetime
) -> list[str]:
    """Change a guest to ``facts`` and return the names of the fields that changed.

    Nothing does on a guest who was forgotten meanwhile. Raise InvalidEmail or
    InvalidPhone when a contact point cannot be read, or MemberNumberIsTaken.
    """
    lock_guest(guest.pk)
    if not Guest.objects.known().filter(pk=guest.pk).exists():
        return []
    changed = [name for name in COLUMNS if getattr(guest, name) != getattr(facts, name)]
    company_before = guest.company_id
    _apply(guest, facts, now=now)
    if guest.company_id != company_before:
        changed.append("company")
    changed += _replace_contact_points(guest, facts, now=now)
    if not changed:
        return []
    guest.updated_at = now
    _save(
        guest,
        update_fields=[
            *COLUMNS, "company", "search_text", "name_sort_key", "updated_at"
        ],
    )  # fmt: skip
    keep_line(guest)
    note_changed(guest, changed, actor=actor, now=now)
    record_event(
        business=guest.business,
        actor=actor,
        action="amended",
        subject=guest,
        fields=changed,
        now=now,
    )
    check_on_commit(guest, now=now)
    return changed


def _save(guest: Guest, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            guest.save(update_fields=update_fields)
    except IntegrityError as error:
        rule = broken_rule(error)
        if rule == "customers_guest_member_number_once":
            reason = _("Another guest has this number already.")
            raise MemberNumberIsTaken(reason) from None
        if rule == "customers_guest_uuid_key":
            raise GuestIsThere from None
        raise


def _apply(guest: Guest, facts: GuestFacts, *, now: datetime) -> None:
    for name in COLUMNS:
        setattr(guest, name, getattr(facts, name))
    guest.company = company_named(guest.business, facts.company, now=now)
    emails, phones = normalized_contacts(guest.business, facts)
    guest.search_text = search_text_of(
        facts, emails=emails, phones=phones, before=known_before(guest)
    )
    guest.name_sort_key = sort_key_of(facts, guest.business)


def full_name(given_name: str, family_name: str) -> str:
    """Return the name that is read when nobody wrote another one."""
    return f"{given_name} {family_name}".strip()[:150]


def sort_key_of(facts: GuestFacts, business: Business) -> str:
    """Return the key by which the guest list of ``business`` is in order."""
    name = f"{facts.family_name} {facts.given_name}".strip() or facts.display_name
    return name_sort_key(name, business.language)[:200]


def search_text_of(
    facts: GuestFacts,
    *,
    emails: Iterable[str],
    phones: Iterable[str],
    before: KnownBefore | None = None,
) -> str:
    """Return the one folded line that search reads: names, company, numbers.

    ``before`` is what those were called who were made one with the guest.
    """
    before = before or KnownBefore()
    return search_line(
        name=facts.display_name,
        given_name=facts.given_name,
        family_name=facts.family_name,
        # As company_named() keeps it.
        company=" ".join(facts.company.split())[:120],
        emails=emails,
        phones=phones,
        numbers=[facts.member_number, facts.external_id, *before.numbers],
        also=before.names,
    )


def normalized_contacts(
    business: Business, facts: GuestFacts
) -> tuple[list[str], list[str]]:
    """Return emails and phones as compared, each once, in the order given."""
    country = facts.country or business.country
    emails = [normalize_email(raw) for raw in facts.emails if raw.strip()]
    phones = [
        normalize_phone(raw, country=country) for raw in facts.phones if raw.strip()
    ]
    return list(dict.fromkeys(emails)), list(dict.fromkeys(phones))


def _replace_contact_points(
    guest: Guest, facts: GuestFacts, *, now: datetime
) -> list[str]:
    emails, phones = normalized_contacts(guest.business, facts)
    changed = []
    for kind, raws, wanted in (
        (ContactPoint.Kind.EMAIL, facts.emails, emails),
        (ContactPoint.Kind.PHONE, facts.phones, phones),
    ):
        points = guest.contact_points.filter(kind=kind)
        held = [
            point.normalized
            for point in points.order_by("-is_primary", "created_at", "pk")
        ]
        if held == wanted:
            continue
        changed.append(f"{kind}s")
        points.exclude(normalized__in=wanted).delete()
        points.update(is_primary=False)
        for index, normalized in enumerate(wanted):
            ContactPoint.objects.update_or_create(
                guest=guest,
                kind=kind,
                normalized=normalized,
                defaults={"is_primary": index == 0},
                create_defaults={
                    "business": guest.business,
                    "raw": _raw_of(raws, index, normalized),
                    "is_primary": index == 0,
                    "created_at": now,
                },
            )
    return changed


def _raw_of(raws: tuple[str, ...], index: int, normalized: str) -> str:
    typed = [raw.strip() for raw in raws if raw.strip()]
    return typed[index] if index < len(typed) else normalized


def contact_points_of(guest: Guest, kind: str) -> list[ContactPoint]:
    """Return the guest's contact points of one kind, the primary one first."""
    return list(
        guest.contact_points.filter(kind=kind).order_by(
            "-is_primary", "created_at", "pk"
        )
    )
