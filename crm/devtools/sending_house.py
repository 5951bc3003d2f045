"""A house with guests and a campaign, made to measure sending and removed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection
from django.utils import timezone

from crm.tenancy.models import Business, Venue
from crm.tenancy.signals import business_created
from customers.consent import current_wording
from customers.models import Channel, ConsentEvent, ContactPoint, Guest, Purpose
from outreach.accounts.choosing import give_installation_accounts
from outreach.models import Attempt, Message, MessageTemplate, TemplateVersion
from outreach.sending.enqueueing import enqueue

SLUG = "bench-sending"
RATE = 60_000

WORDS = {
    "subject": "{{ guest.first_name | default: 'Hello' }}, the fjord is quiet again",
    "preview": "Two nights in autumn at {{ business.name }}",
    "blocks": [
        {"type": "heading", "text": "{{ greeting }}"},
        {
            "type": "text",
            "text": "It was good to have you at {{ venue.name }}. The leaves have turned, "
            "the boats are in, and the kitchen cooks what the first frost brings.\n\n"
            "{% if guest.first_name %}{{ guest.first_name }}, there is a room with your "
            "view.{% else %}There is a room with a view.{% endif %}",
        },
        {"type": "text", "text": "Stay two nights until November, pay for one."},
        {"type": "button", "text": "Choose what we send", "link": "preferences"},
        {"type": "text", "text": "Warm regards,\n{{ business.name }}"},
    ],
}


@dataclass(frozen=True, slots=True)
class SendingHouse:
    """The business, its guests as rows, and the words they get."""

    business: Business
    version: TemplateVersion
    now: datetime

    def guests(self, count: int) -> list[Guest]:
        return list(self.business.guests.order_by("pk")[:count])

    def queue(self, count: int, *, is_written: bool = False) -> None:
        """Queue a campaign to ``count`` guests anew; written ones were tried before."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM outreach_attempt WHERE business_id = %s",
                [self.business.pk],
            )
        Message.objects.filter(business=self.business)._raw_delete("default")
        guests = self.business.guests.order_by("pk")[:count]
        enqueue(self.message(), guests=guests, occasion="campaign:bench")
        if is_written:
            Message.objects.filter(business=self.business).update(
                subject="Autumn",
                body_text="Come and stay. " * 40,
                body_html="<p>Come and stay.</p> " * 60,
                frozen_at=timezone.now(),
                attempt_count=1,
            )
        self.business.provider_accounts.update(
            free_at=timezone.now(), day_count=0, rate_per_minute=RATE
        )
        tidy()

    def message(self) -> Message:
        now = timezone.now()
        return Message(
            business=self.business,
            channel=Channel.EMAIL,
            kind=Message.Kind.MARKETING,
            language="en",
            schedule_zone=self.business.time_zone,
            template_version=self.version,
            send_at=now,
            created_at=now,
            updated_at=now,
        )

    def accepted(self) -> int:
        return self.business.messages.filter(status="accepted").count()

    def has_one_try_each(self) -> bool:
        return not Attempt.objects.filter(business=self.business, number__gt=2).exists()


@contextmanager
def sending_house(guests: int) -> Iterator[SendingHouse]:
    """Yield a house with that many guests who want its news."""
    for old in Business.objects.filter(slug=SLUG):
        remove(old)
    business = Business.objects.create(name="Benken Hotell", slug=SLUG)
    try:
        yield _furnished(business, guests)
    finally:
        remove(business)


def _furnished(business: Business, guests: int) -> SendingHouse:
    now = timezone.now()
    Venue.objects.create(business=business, name="Hotellet", kind=Venue.Kind.HOTEL)
    business_created.send(sender=Business, business=business, now=now)
    give_installation_accounts(now=now)
    template = MessageTemplate.objects.create(
        business=business, name="Autumn", purpose=Purpose.MARKETING, created_at=now
    )
    version = TemplateVersion.objects.create(
        business=business,
        template=template,
        number=1,
        contents={"en": WORDS},
        created_at=now,
    )
    _add_guests(business, guests, now)
    # By day wherever and whenever it is measured.
    return SendingHouse(business, version, now.replace(hour=12))


def _add_guests(business: Business, count: int, now: datetime) -> None:
    wording = current_wording(business, Purpose.MARKETING, "consent")
    guests = Guest.objects.bulk_create(
        [
            Guest(
                business=business,
                display_name=f"Nora{number} Østby",
                given_name=f"Nora{number}",
                language="en",
                created_at=now,
                updated_at=now,
            )
            for number in range(count)
        ],
        batch_size=5_000,
    )
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                business=business,
                guest=guest,
                kind=ContactPoint.Kind.EMAIL,
                raw=f"nora{number}@post.no",
                normalized=f"nora{number}@post.no",
                is_primary=True,
                created_at=now,
            )
            for number, guest in enumerate(guests)
        ],
        batch_size=5_000,
    )
    ConsentEvent.objects.bulk_create(
        [
            ConsentEvent(
                business=business,
                guest=guest,
                purpose=Purpose.MARKETING,
                channel=Channel.EMAIL,
                is_granted=True,
                basis="consent",
                source=ConsentEvent.Source.DESK,
                wording=wording,
                at=now,
            )
            for guest in guests
        ],
        batch_size=5_000,
    )


def tidy() -> None:
    """Leave no work of the database behind for what is measured next."""
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def remove(business: Business) -> None:
    """Delete the house as quickly as tables allow."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for model in apps.get_models():
            if any(
                field.column == "business_id" for field in model._meta.concrete_fields
            ):
                cursor.execute(
                    f'DELETE FROM "{model._meta.db_table}" WHERE business_id = %s',  # noqa: S608 -- our own table names
                    [business.pk],
                )
        cursor.execute("DELETE FROM tenancy_business WHERE id = %s", [business.pk])
        cursor.execute("SET session_replication_role = origin")
