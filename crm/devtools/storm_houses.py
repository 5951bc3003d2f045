"""Two houses whose SMS go through providers in trouble: one can prove what it does not
have, the other cannot."""

from datetime import datetime

from django.utils import timezone

from crm.tenancy.models import Business, Venue
from crm.tenancy.signals import business_created
from customers.consent import current_wording
from customers.models import Channel, ConsentEvent, ContactPoint, Guest, Purpose
from outreach.accounts.credentials import sealed
from outreach.models import Message, MessageTemplate, ProviderAccount, TemplateVersion

_CREDENTIALS = {
    "sinch": {"region": "eu", "plan": "storm", "token": "only-for-chaos"},
    "elks46": {"user": "storm", "password": "only-for-chaos"},
}
_KINDS = (Message.Kind.SERVICE, Message.Kind.MARKETING)


def furnish(messages: int) -> None:
    """Queue so many SMS, each to a guest of its own, half of them in each house."""
    now = timezone.now()
    for number, provider in enumerate(_CREDENTIALS):
        business = Business.objects.create(
            name=f"Storm {number}", slug=f"storm-{number}"
        )
        Venue.objects.create(business=business, name="Hotellet", kind=Venue.Kind.HOTEL)
        business_created.send(sender=Business, business=business, now=now)
        _set_up(business, provider, now)
        count = messages // 2 + (messages % 2 if number else 0)
        guests = _make_guests(business, count, first=number * messages, now=now)
        _queue(business, guests, now)


def _set_up(business: Business, provider: str, now: datetime) -> None:
    ProviderAccount.objects.create(
        business=business,
        channel=Channel.SMS,
        provider=provider,
        credentials=sealed(_CREDENTIALS[provider]),
        sender="Storm",
        rate_per_minute=60_000,
        created_at=now,
    )


def _make_guests(
    business: Business, count: int, *, first: int, now: datetime
) -> list[Guest]:
    guests = Guest.objects.bulk_create(
        Guest(
            business=business,
            display_name=f"Nora{number} Østby",
            given_name=f"Nora{number}",
            language="en",
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            business=business,
            guest=guest,
            kind=ContactPoint.Kind.PHONE,
            raw=f"+4741{first + number:06}",
            normalized=f"+4741{first + number:06}",
            is_primary=True,
            created_at=now,
        )
        for number, guest in enumerate(guests)
    )
    wording = current_wording(business, Purpose.MARKETING, "consent")
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            business=business,
            guest=guest,
            purpose=Purpose.MARKETING,
            channel=Channel.SMS,
            is_granted=True,
            basis="consent",
            source=ConsentEvent.Source.DESK,
            wording=wording,
            at=now,
        )
        for guest in guests
    )
    return guests


def _queue(business: Business, guests: list[Guest], now: datetime) -> None:
    version = _make_words(business, now)
    Message.objects.bulk_create(
        Message(
            business=business,
            occasion=f"storm:{number}",
            channel=Channel.SMS,
            kind=_KINDS[number % len(_KINDS)],
            guest=guest,
            language="en",
            schedule_zone=business.time_zone,
            template_version=version,
            send_at=now,
            created_at=now,
            updated_at=now,
        )
        for number, guest in enumerate(guests)
    )


def _make_words(business: Business, now: datetime) -> TemplateVersion:
    template = MessageTemplate.objects.create(
        business=business, name="Storm", purpose=Purpose.MARKETING, created_at=now
    )
    text = "{{ guest.first_name }}, the ferries do not go today."
    return TemplateVersion.objects.create(
        business=business,
        template=template,
        number=1,
        contents={"en": {"subject": "", "blocks": [], "sms": {"text": text}}},
        created_at=now,
    )
