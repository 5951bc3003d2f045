"""The forms of the house: opened for a venue, changed, found by their link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.signing import public_token, read_public_token
from crm.tenancy.models import Business, Venue
from customers.models import OFFERED, ConsentWording, SignUpPage
from customers.privacy.ready import create_ready_wordings

SEALED_FOR = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a manager decides about a form. ``welcome`` is by language code."""

    is_open: bool
    offers: Sequence[str]
    asks: Sequence[str]
    welcome: Mapping[str, str]


@transaction.atomic
def open_page(venue: Venue, *, actor: User, now: datetime) -> SignUpPage:
    """Return the form of ``venue``, made now if there was none; it is open."""
    # A house older than the form may lack the sentences people say yes to.
    create_ready_wordings(venue.business, now=now)
    page, is_new = SignUpPage.objects.get_or_create(
        venue=venue, defaults={"business": venue.business, "created_at": now}
    )
    if is_new:
        _record("created", page, [], actor=actor, now=now)
    elif not page.is_open:
        page.is_open = True
        page.save(update_fields=["is_open"])
        _record("amended", page, ["is_open"], actor=actor, now=now)
    return page


@transaction.atomic
def amend_page(
    page: SignUpPage, facts: PageFacts, *, actor: User, now: datetime
) -> list[str]:
    """Change a form to ``facts``; return the names of what changed."""
    welcome = {code: text for code, text in facts.welcome.items() if text}
    wanted = {
        "is_open": facts.is_open,
        "offers": list(facts.offers),
        "asks": list(facts.asks),
        "welcome": welcome,
    }
    changed = [name for name, value in wanted.items() if getattr(page, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(page, name, wanted[name])
    page.save(update_fields=changed)
    _record("amended", page, changed, actor=actor, now=now)
    return changed


def _record(
    action: str, page: SignUpPage, fields: list[str], *, actor: User, now: datetime
) -> None:
    record_event(
        business=page.business,
        actor=actor,
        action=action,
        subject=page,
        fields=fields,
        now=now,
    )


def path_of(page: SignUpPage) -> str:
    """Return the form's address on this site."""
    return reverse("join:form", args=[public_token(SEALED_FOR, page.uuid)])


def link_to(page: SignUpPage) -> str:
    """Return the form's whole address, as it stands on the poster."""
    return f"{settings.SITE_URL}{path_of(page)}"


def page_of_token(token: str) -> SignUpPage | None:
    uuid = read_public_token(SEALED_FOR, token)
    if uuid is None:
        return None
    return (
        SignUpPage.objects.select_related("business", "venue").filter(uuid=uuid).first()
    )


def welcome_in(page: SignUpPage, language: str) -> str:
    """Return the words of welcome in ``language``, which must be the active one.

    Other languages than those the house wrote in get ours.
    """
    return page.welcome.get(language) or _(
        "Leave your name and your email address, and we will let you know when "
        "something good is on."
    )


def wordings_of(page: SignUpPage) -> dict[str, ConsentWording]:
    """Return the sentences that are shown today, by purpose, in the order shown."""
    return wordings_in_use(page.business, page.offers)


def wordings_in_use(
    business: Business, purposes: Sequence[str]
) -> dict[str, ConsentWording]:
    found = {
        wording.purpose: wording
        for wording in business.consent_wordings.filter(
            purpose__in=purposes, basis=ConsentWording.Basis.CONSENT, is_current=True
        )
    }
    return {purpose: found[purpose] for purpose in OFFERED if purpose in found}
