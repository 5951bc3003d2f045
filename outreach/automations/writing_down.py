"""Write down what an automation is to send: rows that wait, each occasion once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from customers.models import Channel, ContactPoint
from outreach.accounts.choosing import account_in_use
from outreach.automations.schedules import Schedule
from outreach.automations.triggers import Candidate
from outreach.deciding.decision import Block, MessageFacts, decide
from outreach.deciding.facts import facts_about, reach_of
from outreach.deciding.hours import ALWAYS
from outreach.effect.assigning import is_left_out
from outreach.models import Automation, Exposure, Message
from surveys.invitations import SurveyNotPublished, invite
from surveys.models import Invitation

# How long after the message the survey can still be answered.
SURVEY_OPEN_FOR = timedelta(days=30)

Planned = tuple[Candidate, Schedule]


def occasion_of(automation: Automation, candidate: Candidate) -> str:
    return f"automation:{automation.uuid}:{candidate.key}"


def queue(automation: Automation, planned: Sequence[Planned], *, now: datetime) -> int:
    """Queue a message for each; return how many there is something to send to.

    What is queued already stays as it is. Whoever is left out to compare gets a row
    too, which the decision closes.
    """
    channels = choose_channels(automation, planned, now=now)
    addresses = _addresses(channels)
    rows = []
    for candidate, schedule in planned:
        invitation = _invitation(automation, candidate, schedule, now=now)
        if automation.survey is None or invitation:
            row = _row(automation, candidate, schedule, now=now)
            row.survey_invitation = invitation
            row.channel = channels[candidate.guest.pk]
            point = addresses.get(candidate.guest.pk)
            row.to_address = point.raw if point else ""
            row.to_hash = point.fingerprint if point else None
            rows.append(row)
    _draw_lots(automation, rows, now=now)
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def queue_new(
    automation: Automation, planned: Sequence[Planned], *, now: datetime
) -> int:
    """Queue a message for each that has none yet; return how many they were."""
    occasions = [occasion_of(automation, candidate) for candidate, _at in planned]
    written = set(
        automation.business.messages.filter(occasion__in=occasions).values_list(
            "occasion", flat=True
        )
    )
    new = [
        one for one, key in zip(planned, occasions, strict=True) if key not in written
    ]
    return queue(automation, new, now=now) if new else 0


def _row(
    automation: Automation, candidate: Candidate, schedule: Schedule, *, now: datetime
) -> Message:
    return Message(
        business=automation.business,
        occasion=occasion_of(automation, candidate),
        kind=automation.template.purpose,
        guest=candidate.guest,
        visit=candidate.visit,
        automation=automation,
        language=candidate.guest.language or automation.business.language,
        send_at=schedule.send_at,
        expires_at=schedule.expires_at,
        created_at=now,
        updated_at=now,
        **schedule.columns,
    )


def choose_channels(
    automation: Automation, planned: Sequence[Planned], *, now: datetime
) -> dict[int, str]:
    """Return by guest id the first channel on which the guest may be written to; the
    first of all where there is none.
    """
    first, *others = automation.channels or [Channel.EMAIL.value]
    if others and account_in_use(automation.business, Channel.SMS) is None:
        # Nobody takes an SMS here: the others are asked alone.
        others = [one for one in automation.channels if one != Channel.SMS]
        first, *others = others
    guests = {candidate.guest.pk: candidate.guest for candidate, _at in planned}
    chosen = dict.fromkeys(guests, first)
    if not others:
        return chosen
    open_guests = guests
    for channel in (first, *others):
        facts = facts_about(
            automation.business,
            open_guests.values(),
            kind=automation.template.purpose,
            channel=channel,
        )
        reached = {
            guest_id
            for guest_id, about in facts.items()
            if not isinstance(decide(_at_any_hour(about), now), Block)
        }
        chosen |= dict.fromkeys(reached, channel)
        open_guests = {
            guest_id: guest
            for guest_id, guest in open_guests.items()
            if guest_id not in reached
        }
    return chosen


def _addresses(channels: dict[int, str]) -> dict[int, ContactPoint]:
    points = {}
    for channel in sorted(set(channels.values())):
        guest_ids = [one for one, theirs in channels.items() if theirs == channel]
        for guest_id, reach in reach_of(guest_ids, channel).items():
            if reach.point:
                points[guest_id] = reach.point
    return points


def _invitation(
    automation: Automation, candidate: Candidate, schedule: Schedule, *, now: datetime
) -> Invitation | None:
    if automation.survey is None or candidate.visit is None:
        return None
    try:
        return invite(
            automation.survey,
            candidate.visit,
            language=candidate.guest.language or automation.business.language,
            now=now,
            expires_at=schedule.send_at + SURVEY_OPEN_FOR,
        )
    except SurveyNotPublished:
        return None


def _draw_lots(
    automation: Automation, rows: Sequence[Message], *, now: datetime
) -> None:
    """Write down who is left out, before anything is sent, once a guest."""
    percent = automation.control_percent
    if automation.template.purpose != Message.Kind.MARKETING or not percent:
        return
    guests = {row.guest.pk: row.guest for row in rows if row.guest}
    Exposure.objects.bulk_create(
        [
            Exposure(
                business=automation.business,
                automation=automation,
                guest=guest,
                is_control=is_left_out(automation.uuid, guest.uuid, percent),
                at=now,
            )
            for guest in guests.values()
        ],
        ignore_conflicts=True,
    )


def _at_any_hour(facts: MessageFacts) -> MessageFacts:
    return replace(facts, hours=ALWAYS, is_left_out=False, budget=None)
