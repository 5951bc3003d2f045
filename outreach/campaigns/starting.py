"""Start campaigns when their time has come: once, whoever asks and however often."""

from datetime import datetime

from django.db import transaction

from crm.audit.events import record_event
from crm.core.languages import guest_language_choices
from customers.models import Channel
from customers.segments.trees import TreeProblem
from outreach.campaigns.audience import audience_of
from outreach.campaigns.counting import LASTS, Tally, tally
from outreach.models import Campaign, Message, TemplateVersion
from outreach.sending.doorbell import ring
from outreach.sending.enqueueing import enqueue
from outreach.writing.rendering import best_language

State = Campaign.State

# Kept in ``counts`` of a campaign that could not begin.
NOBODY = "nobody"


def start_due(*, now: datetime) -> int:
    """Start every campaign whose time has come. Return how many began."""
    due = Campaign.objects.filter(state=State.SCHEDULED, send_at__lte=now)
    pks = list(due.order_by("send_at", "pk").values_list("pk", flat=True))
    return sum(start(pk, now=now) for pk in pks)


@transaction.atomic
def start(campaign_id: int, *, now: datetime) -> bool:
    """Fix whom it goes to and with which words, and queue it; all of it or nothing.

    Whoever comes second waits here and then finds it begun. Without words, or with
    rules that make no sense any more, it goes to nobody and is a draft again.
    """
    campaign = _locked(campaign_id, now)
    if campaign is None:
        return False
    version = campaign.template.versions.order_by("-number").first()
    if version is None:
        return _put_back(campaign, now)
    try:
        result = tally(campaign, audience_of(campaign, now=now), now=now)
    except TreeProblem:
        return _put_back(campaign, now)
    _begin(campaign, version, result, now)
    _queue(campaign, result, now)
    ring()
    return True


def finish_sent(*, now: datetime) -> int:
    """Close every campaign that has nothing left to send. Return how many."""
    open_messages = Message.objects.exclude(status__in=Message.FINAL_STATUSES)
    sent = Campaign.objects.filter(state=State.SENDING).exclude(
        pk__in=open_messages.filter(campaign__state=State.SENDING).values("campaign")
    )
    return sent.update(state=State.DONE, ended_at=now, updated_at=now)


def second_in(campaign: Campaign, version: TemplateVersion) -> list[str]:
    """Return the languages of guests who read words that have a second subject."""
    house = campaign.business.language
    return [
        language["code"]
        for language in guest_language_choices()
        if campaign.subjects_b.get(
            best_language(version.contents, language["code"], house)
        )
    ]


def _locked(campaign_id: int, now: datetime) -> Campaign | None:
    return (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("business__contact_budget", "segment", "template")
        .filter(pk=campaign_id, state=State.SCHEDULED, send_at__lte=now)
        .first()
    )


def _put_back(campaign: Campaign, now: datetime) -> bool:
    campaign.state, campaign.counts = State.DRAFT, {"stopped": NOBODY}
    campaign.updated_at = now
    campaign.save(update_fields=["state", "counts", "updated_at"])
    record_event(
        business=campaign.business, actor=None, action="revoked", subject=campaign,
        now=now,
    )  # fmt: skip
    return False


def _begin(
    campaign: Campaign, version: TemplateVersion, result: Tally, now: datetime
) -> None:
    campaign.state = State.SENDING
    campaign.started_at = campaign.updated_at = now
    campaign.template_version = version
    campaign.rules = campaign.segment.rules if campaign.segment else {}
    campaign.counts = result.counts
    campaign.save(
        update_fields=[
            "state",
            "started_at",
            "updated_at",
            "template_version",
            "rules",
            "counts",
        ]
    )
    record_event(
        business=campaign.business, actor=None, action="started", subject=campaign,
        now=now,
    )  # fmt: skip


def _queue(campaign: Campaign, result: Tally, now: datetime) -> None:
    """Queue those it does not go to as well: the list of messages then says why."""
    version = campaign.template_version
    assert version is not None
    occasion = f"campaign:{campaign.uuid}"
    for guests in (result.going, result.stopped):
        for channel, ids in guests.items():
            by_mail = channel == Channel.EMAIL and any(campaign.subjects_b.values())
            enqueue(
                _message(campaign, channel, now),
                guests=ids,
                occasion=occasion,
                second_in=second_in(campaign, version) if by_mail else (),
            )


def _message(campaign: Campaign, channel: str, now: datetime) -> Message:
    business = campaign.business
    return Message(
        business=business,
        channel=channel,
        kind=campaign.template.purpose,
        campaign=campaign,
        template_version=campaign.template_version,
        language=business.language,
        local_date=campaign.local_date,
        local_time=campaign.local_time,
        schedule_zone=business.time_zone,
        send_at=now,
        expires_at=now + LASTS,
        created_at=now,
        updated_at=now,
    )
