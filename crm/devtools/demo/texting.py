"""The SMS of a house: who comes today is told about the door, and a few were before."""

from datetime import datetime, time, timedelta
from uuid import uuid5

from django.db.models import QuerySet

from crm.core.clock import resolve_local
from crm.devtools.demo.houses import House
from crm.tenancy.models import Business
from customers.models import Channel, Purpose, Visit
from outreach.deciding.facts import reach_of
from outreach.models import (
    Attempt,
    DeliveryEvent,
    Message,
    MessageTemplate,
    ProviderAccount,
    TemplateVersion,
)
from outreach.sending.freezing import sms_for
from outreach.sms.simulator import COST_OF_A_PART, DEAD_NUMBER
from outreach.writing.links import personal_links
from outreach.writing.sms_texts import measured

_PRICES = {"NO": COST_OF_A_PART, "SE": 4_200, "DK": 3_900, "FI": 6_100, "DE": 7_500}
_WORDS = {
    "en": (
        "Your arrival today",
        "{{ greeting }}, all is ready from 15:00. Come in by the red "
        "door, we look forward to seeing you! {{ business.name }}",
    ),
    "nb": (
        "Velkommen i dag",
        "{{ greeting }}, alt er klart fra kl. 15. Kom inn den røde døra, vi gleder "
        "oss til å se deg! {{ business.name }}",
    ),
}
_BEFORE, _SOON = 14, 2
_AT = time(10)


def set_up_texting(business: Business, sender: str, *, now: datetime) -> None:
    """Let the house send SMS by the simulator, which reaches the demo's mailbox only."""
    ProviderAccount.objects.create(
        business=business,
        channel=Channel.SMS,
        provider="simulator",
        sender=sender,
        prices=_PRICES,
        currency=business.currency,
        created_at=now,
    )


def text_arrivals(house: House) -> None:
    """Write to the last who came, and let what is for today go in a few minutes."""
    version = _words(house)
    came = house.business.visits.filter(
        state__in=(Visit.State.COMPLETED, Visit.State.IN_HOUSE),
        arrival_date__lt=house.today,
    ).order_by("-arrival_date", "pk")
    to_come = house.business.visits.filter(
        state=Visit.State.BOOKED, arrival_date=house.today
    ).order_by("pk")
    sent = [
        _message(house, version, visit, _at(house, visit))
        for visit in _reached(came, _BEFORE)
    ]
    for number, message in enumerate(sent):
        _send(message, version, is_dead=number == 4)
    soon = [
        _message(house, version, visit, house.now + timedelta(minutes=number))
        for number, visit in enumerate(_reached(to_come, _SOON), 4)
    ]
    Message.objects.bulk_create([*sent, *soon])
    _keep_tries(sent)


def _words(house: House) -> TemplateVersion:
    opened = house.now - timedelta(days=90)
    template = MessageTemplate.objects.create(
        business=house.business,
        name="On the day of arrival",
        purpose=Purpose.SERVICE,
        created_at=opened,
    )
    return TemplateVersion.objects.create(
        business=house.business,
        template=template,
        number=1,
        contents={
            code: {
                "subject": subject,
                "preview": "",
                "blocks": [{"type": "text", "text": text}],
                "sms": {"text": text},
            }
            for code, (subject, text) in _WORDS.items()
        },
        created_at=opened,
    )


def _reached(visits: QuerySet[Visit], most: int) -> list[Visit]:
    """Return the first visits whose guests have a mobile, each guest once."""
    rows = list(visits.select_related("guest", "venue")[: most * 8])
    reaches = reach_of([visit.guest_id for visit in rows], Channel.SMS)
    by_guest = {
        visit.guest_id: visit
        for visit in reversed(rows)
        if visit.guest_id in reaches and reaches[visit.guest_id].point
    }
    return list(reversed(by_guest.values()))[:most]


def _at(house: House, visit: Visit) -> datetime:
    return resolve_local(visit.arrival_date, _AT, house.zone)


def _message(
    house: House, version: TemplateVersion, visit: Visit, send_at: datetime
) -> Message:
    point = reach_of([visit.guest_id], Channel.SMS)[visit.guest_id].point
    created_at = send_at - timedelta(hours=20)
    return Message(
        business=house.business,
        uuid=uuid5(visit.uuid, "arrival"),
        occasion=f"arrival:{visit.uuid}",
        channel=Channel.SMS,
        kind=Message.Kind.SERVICE,
        guest=visit.guest,
        template_version=version,
        to_address=point.normalized if point else "",
        to_hash=point.fingerprint if point else None,
        language=visit.guest.language or house.business.language,
        schedule_zone=house.zone,
        send_at=send_at,
        expires_at=send_at + timedelta(hours=12),
        created_at=created_at,
        updated_at=created_at,
    )


def _send(message: Message, version: TemplateVersion, *, is_dead: bool) -> None:
    message.account = message.business.provider_accounts.get(channel=Channel.SMS)
    message.body_text = sms_for(message, version)
    sent = measured(message.body_text, personal_links(message))
    at = message.send_at + timedelta(seconds=3)
    message.parts, message.encoding = sent.parts, sent.encoding
    message.cost = message.cost_estimate = sent.parts * COST_OF_A_PART
    message.cost_currency = message.account.currency
    message.status, message.accepted_at = Message.Status.ACCEPTED, at
    message.provider_message_id = f"simulated-{message.uuid}"
    message.attempt_count, message.frozen_at, message.updated_at = 1, at, at
    message.delivery_at = at + timedelta(seconds=3)
    states = Message.Delivery
    message.delivery = states.FAILED if is_dead else states.DELIVERED


def _keep_tries(messages: list[Message]) -> None:
    Attempt.objects.bulk_create(
        Attempt(
            business=message.business,
            message=message,
            number=1,
            lease_token=message.uuid,
            outcome=Attempt.Outcome.ACCEPTED,
            started_at=message.send_at,
            finished_at=message.accepted_at,
        )
        for message in messages
    )
    DeliveryEvent.objects.bulk_create(
        DeliveryEvent(
            business=message.business,
            message=message,
            kind=message.delivery,
            code=DEAD_NUMBER if message.delivery == Message.Delivery.FAILED else "",
            at=message.delivery_at,
            noted_at=message.delivery_at,
        )
        for message in messages
        if message.delivery_at
    )
