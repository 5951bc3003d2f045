"""Houses whose messages go through the stand-in for a provider, and how time passes."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from customers.models import Channel, Purpose
from outreach.models import Message, MessageTemplate, TemplateVersion
from outreach.sending.recovery import recover
from outreach.sending.resolving import resolve_unknown
from tests.factories import NOW, allow, make_business, make_guest
from tests.faults.doomed_processes import send_everything
from tests.outreach.sms.builders import make_sms, make_sms_account

Status = Message.Status
Kind = Message.Kind
ASKED_FOR = {Kind.SURVEY, Kind.MARKETING}
SINCH = {"region": "eu", "plan": "p", "token": "t"}
ELKS = {"user": "u", "password": "p"}


def make_house(provider, credentials, *, slug="casa-alba", **fields):
    business = make_business(slug=slug)
    make_sms_account(business, provider, credentials=credentials, **fields)
    return business


def an_sms(house, *, kind=Kind.SERVICE, number=0, **fields):
    """An SMS that is due, which the guest has nothing against."""
    guest = make_guest(house, f"Nora{number} Lie", phones=(f"+4740612{number:03}",))
    if kind in ASKED_FOR:
        allow(guest, kind, channel=Channel.SMS, now=timezone.now())
    now = timezone.now() - timedelta(seconds=1)
    return make_sms(
        guest, kind=kind, template_version=words_of(house), now=now, **fields
    )


def words_of(house):
    """The words of the house, written once."""
    found = TemplateVersion.objects.filter(business=house).first()
    if found:
        return found
    template = MessageTemplate.objects.create(
        business=house, name="Table", purpose=Purpose.MARKETING, created_at=NOW
    )
    text = "{{ guest.first_name }}, your table is ready."
    contents = {
        "subject": "Your table",
        "blocks": [{"type": "text", "text": text}],
        "sms": {"text": text},
    }
    return TemplateVersion.objects.create(
        business=house,
        template=template,
        number=1,
        contents={"en": contents},
        created_at=NOW,
    )


def status_of(message):
    message.refresh_from_db()
    return message.status


def let_leases_run_out():
    Message.objects.exclude(lease_token=None).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def let_time_pass(**span):
    """Age what waits for an answer, and let who was asked to wait have waited."""
    Message.objects.update(
        unknown_since=F("unknown_since") - timedelta(**span),
        looked_for_at=F("looked_for_at") - timedelta(**span),
    )
    Message.objects.filter(status=Status.QUEUED).update(send_at=timezone.now())


def look(times=1):
    for _time in range(times):
        let_time_pass(minutes=10)
        resolve_unknown(now=timezone.now())


def let_hours_pass():
    """Do what the ticks do in the hours after a fault."""
    let_leases_run_out()
    recover()
    look(times=3)
    let_time_pass(hours=0)
    send_everything()
