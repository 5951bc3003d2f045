"""Load what the decision rests on, for many messages in a fixed number of queries."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from crm.core.addresses import is_relay_address
from crm.core.clock import local_date
from crm.core.phone_zones import zones_of_number
from crm.core.phones import may_take_sms
from crm.tenancy.models import Business
from customers.consent import ConsentState, consent_states
from customers.models import (
    Channel,
    ContactPoint,
    Guest,
    Purpose,
    Suppression,
    Visit,
)
from customers.segments.asking import guests_in
from customers.segments.trees import TreeProblem
from customers.suppressions import CLOSED_BY_THE_GUEST
from outreach.deciding.budget import Budget
from outreach.deciding.contacts import (
    RANK_OF_OTHERS,
    budget_for_new,
    budgets_of,
    contacts_of,
)
from outreach.deciding.decision import MessageFacts, Permission
from outreach.deciding.house_hours import hours_from, hours_of, with_hours
from outreach.effect.assigning import is_left_out
from outreach.models import Automation, Campaign, Exposure, Message, ProviderAccount
from surveys.models import Response

# The purpose whose yes or no counts for a kind of message. Critical ones ask nobody.
PURPOSE_OF_KIND: dict[str, str] = {
    Message.Kind.SERVICE: Purpose.SERVICE,
    Message.Kind.SURVEY: Purpose.SURVEY,
    Message.Kind.MARKETING: Purpose.MARKETING,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a guest is reached on one channel; nowhere without a ``point``."""

    point: ContactPoint | None = None
    is_landline: bool = False


_NOWHERE = Reach()


def load_facts(messages: Sequence[Message]) -> dict[int, MessageFacts]:
    """Return the facts of ``messages`` by primary key. Costs up to six queries for emails,
    one more for each letter and each automation with a segment, and one or two more
    where there are SMS among them.

    The messages' own columns are taken as given, except that visits, automations and
    guests are read afresh.
    """
    rows = with_what_is_asked(
        Message.objects.filter(pk__in=[message.pk for message in messages])
    )
    return facts_of(rows.order_by("pk"))


def with_what_is_asked(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return ``messages`` with the rows beside them that ``facts_of`` reads."""
    lots = Exposure.objects.filter(
        automation=OuterRef("automation"), guest=OuterRef("guest")
    )
    return (
        with_hours(messages)
        .annotate(lot=lots.values("is_control"))
        .select_related(
            "guest",
            "visit",
            "automation__segment",
            "campaign",
            "business__contact_budget",
        )
    )


def facts_of(rows: Iterable[Message]) -> dict[int, MessageFacts]:
    """Return the facts of messages that come from ``with_what_is_asked``, by primary
    key. Costs one query less than ``load_facts``.
    """
    rows = list(rows)
    reaches = _reaches(rows)
    states = consent_states({row.guest_id for row in rows if row.guest_id})
    scopes = _scopes_in_force(reach.point for reach in reaches.values())
    answered = set(
        Response.objects.filter(
            invitation__in=[row.survey_invitation_id for row in rows]
        ).values_list("invitation_id", flat=True)
    )
    without_account = _without_account(rows)
    budgets = budgets_of(rows)
    meant = _meant(rows)
    return {
        message.pk: _letter_facts(message)
        if message.is_letter
        else _facts_of(
            message,
            reach=reaches.get((message.guest_id or 0, message.channel), _NOWHERE),
            states=states,
            scopes=scopes,
            is_answered=message.survey_invitation_id in answered,
            has_account=message.pk not in without_account,
            budget=budgets.get(message.pk),
            is_in_segment=meant.get(message.pk),
        )
        for message in rows
    }


def _facts_of(
    message: Message,
    *,
    reach: Reach,
    states: dict[tuple[int, str, str], ConsentState],
    scopes: dict[tuple[int, bytes], set[str]],
    is_answered: bool,
    has_account: bool,
    budget: Budget | None,
    is_in_segment: bool | None,
) -> MessageFacts:
    return MessageFacts(
        kind=message.kind,
        channel=message.channel,
        **_address(reach),
        has_account=has_account,
        zone=message.schedule_zone,
        is_erased=message.guest is None or message.guest.is_erased,
        is_visit_completed=_is_visit_completed(message),
        is_visit_as_planned=_is_visit_as_planned(message),
        is_automation_on=_is_automation_on(message),
        is_answered=is_answered,
        permission=permission_from(
            states, message.guest_id, message.kind, message.channel
        ),
        suppressed_scopes=_scopes_of(reach.point, scopes),
        expires_at=message.expires_at,
        hours=hours_from(message),
        country=message.business.country,
        place=message.pk,
        is_in_segment=is_in_segment,
        is_left_out=_is_left_out(message),
        campaign_state=_campaign_state(message),
        budget=budget,
    )


def _address(reach: Reach) -> dict[str, Any]:
    """Return the facts about where a message goes: as typed for mails, as dialled
    for SMS."""
    point = reach.point
    if point is None:
        return {"address": "", "is_landline": reach.is_landline}
    is_email = point.kind == ContactPoint.Kind.EMAIL
    return {
        "address": point.raw if is_email else point.normalized,
        "fingerprint": point.fingerprint,
        "is_relay": is_email and is_relay_address(point.normalized),
        "reader_zones": () if is_email else zones_of_number(point.normalized),
    }


def _letter_facts(message: Message) -> MessageFacts:
    """Return the facts of a letter, which goes to the address written on it.

    The owner of the address asks for it, so that what they stopped before does not
    stop it: only what bounced, complained or was blocked by staff does. One query.
    """
    fingerprint = bytes(message.to_hash or b"")
    closed = message.business.suppressions.filter(
        channel=message.channel, address_hash=fingerprint, lifted_at=None
    ).exclude(reason__in=CLOSED_BY_THE_GUEST)
    return MessageFacts(
        kind=message.kind,
        address=message.to_address,
        fingerprint=fingerprint,
        zone=message.schedule_zone,
        is_erased=message.guest is not None and message.guest.is_erased,
        suppressed_scopes=frozenset(closed.values_list("scope", flat=True)),
        expires_at=message.expires_at,
        hours=hours_from(message),
        country=message.business.country,
        place=message.pk,
    )


def facts_about(
    business: Business,
    guests: Iterable[Guest],
    *,
    kind: str,
    channel: str = Channel.EMAIL,
    rank: int = RANK_OF_OTHERS,
) -> dict[int, MessageFacts]:
    """Return the facts of messages that do not exist yet, by guest id.

    Costs six queries for any number of guests. The clock is the house's. What waits
    with the same ``rank`` goes before them.
    """
    guests = list(guests)
    guest_ids = [guest.pk for guest in guests]
    reaches = reach_of(guest_ids, channel)
    scopes = _scopes_in_force(reach.point for reach in reaches.values())
    states = consent_states(guest_ids)
    hours = hours_of(business, channel=channel, kind=kind)
    contacts = contacts_of(guest_ids, [kind])
    facts = {}
    for guest in guests:
        reach = reaches.get(guest.pk, _NOWHERE)
        facts[guest.pk] = MessageFacts(
            kind=kind,
            channel=channel,
            **_address(reach),
            zone=business.time_zone,
            is_erased=guest.is_erased,
            permission=permission_from(states, guest.pk, kind, channel),
            suppressed_scopes=_scopes_of(reach.point, scopes),
            hours=hours,
            country=business.country,
            budget=budget_for_new(
                business, kind, contacts.get((guest.pk, kind), []), rank=rank
            ),
        )
    return facts


def primary_emails(guest_ids: Iterable[int]) -> dict[int, ContactPoint]:
    """Return the email to write to by guest id: the primary one, else the oldest."""
    points = ContactPoint.objects.filter(
        guest__in=list(guest_ids), kind=ContactPoint.Kind.EMAIL
    ).order_by("guest_id", "-is_primary", "created_at", "pk")
    return {point.guest_id: point for point in points.distinct("guest_id")}


def reach_of(guest_ids: Iterable[int], channel: str) -> dict[int, Reach]:
    """Return where each guest is reached on ``channel``, by guest id. One query."""
    if channel == Channel.EMAIL:
        emails = primary_emails(guest_ids)
        return {guest_id: Reach(point) for guest_id, point in emails.items()}
    points = ContactPoint.objects.filter(
        guest__in=list(guest_ids), kind=ContactPoint.Kind.PHONE
    ).order_by("guest_id", "-is_primary", "created_at", "pk")
    reaches: dict[int, Reach] = {}
    for point in points:
        known = reaches.get(point.guest_id)
        if known is None or known.point is None:
            takes_sms = may_take_sms(point.normalized)
            reaches[point.guest_id] = (
                Reach(point) if takes_sms else Reach(is_landline=True)
            )
    return reaches


def permission_from(
    states: dict[tuple[int, str, str], ConsentState],
    guest_id: int | None,
    kind: str,
    channel: str,
) -> Permission | None:
    """Return what a guest last said about ``kind`` on ``channel``; None for silence."""
    purpose = PURPOSE_OF_KIND.get(kind)
    if guest_id is None or purpose is None:
        return None
    state = states.get((guest_id, purpose, channel))
    if state is None:
        return None
    return Permission(is_granted=state.is_granted, has_sale=state.has_sale)


def _reaches(rows: Iterable[Message]) -> dict[tuple[int, str], Reach]:
    guests: dict[str, set[int]] = {Channel.EMAIL: set()}
    for row in rows:
        if row.guest_id and not row.is_letter:
            guests.setdefault(row.channel, set()).add(row.guest_id)
    return {
        (guest_id, channel): reach
        for channel, guest_ids in guests.items()
        for guest_id, reach in reach_of(guest_ids, channel).items()
    }


def _without_account(rows: Iterable[Message]) -> set[int]:
    """Return the SMS among ``rows`` that nobody is there to take. Mails always have the
    installation's own server."""
    waiting = [row for row in rows if row.channel == Channel.SMS and not row.account_id]
    if not waiting:
        return set()
    with_account = set(
        ProviderAccount.objects.filter(
            channel=Channel.SMS,
            is_in_use=True,
            business__in={row.business_id for row in waiting},
        ).values_list("business_id", flat=True)
    )
    return {row.pk for row in waiting if row.business_id not in with_account}


_OF_CAMPAIGN = re.compile(r"campaign:[0-9a-f]{8}-")

Trigger = Automation.Trigger
State = Visit.State

# Where an automation is about a visit that is not completed: what it must be then.
_STATES: dict[str, frozenset[str]] = {
    Trigger.BOOKED: frozenset({State.BOOKED, State.IN_HOUSE, State.COMPLETED}),
    Trigger.BEFORE_ARRIVAL: frozenset({State.BOOKED}),
    Trigger.ARRIVED: frozenset({State.IN_HOUSE, State.COMPLETED}),
    Trigger.IN_HOUSE: frozenset({State.IN_HOUSE}),
    Trigger.CANCELLED: frozenset({State.CANCELLED}),
    Trigger.NO_SHOW: frozenset({State.NO_SHOW}),
}


def _states_of(message: Message) -> frozenset[str] | None:
    trigger = message.automation.trigger if message.automation else ""
    return _STATES.get(trigger)


def _is_visit_completed(message: Message) -> bool | None:
    if message.visit is None:
        # The visit it was about is gone.
        return False if ":visit:" in message.occasion else None
    return None if _states_of(message) else message.visit.is_completed


def _is_visit_as_planned(message: Message) -> bool:
    states = _states_of(message)
    return message.visit is None or states is None or message.visit.state in states


def _is_automation_on(message: Message) -> bool | None:
    # A person who sends again has chosen; the switch is about what goes by itself.
    if not message.occasion.startswith("automation:"):
        return None
    return message.automation is not None and message.automation.is_active


def _is_left_out(message: Message) -> bool:
    """Return what the lot said when it was drawn, or says now where it was not yet."""
    automation, guest = message.automation, message.guest
    if automation is None or guest is None or message.kind != Message.Kind.MARKETING:
        return False
    drawn: bool | None = vars(message)["lot"]
    if drawn is not None:
        return drawn
    return is_left_out(automation.uuid, guest.uuid, automation.control_percent)


def _meant(rows: Iterable[Message]) -> dict[int, bool]:
    """Return whether the guest is one of those meant, where not everybody is.

    As on the day the messages are to go. Whom a campaign is for was fixed when it
    began, and who sends once more by hand has chosen.
    """
    by_automation: dict[int, list[Message]] = {}
    for row in rows:
        if row.automation and row.automation.segment and not row.resend_of_id:
            by_automation.setdefault(row.automation.pk, []).append(row)
    return {
        row.pk: row.guest_id in inside
        for theirs in by_automation.values()
        for inside in [_inside(theirs)]
        for row in theirs
    }


def _inside(rows: Sequence[Message]) -> set[int | None]:
    """Return which guests of one automation's messages are in its segment; nobody
    where its rules make no sense any more.
    """
    first = rows[0]
    segment = first.automation.segment if first.automation else None
    day = min(row.send_at for row in rows)
    guest_ids = [row.guest_id for row in rows if row.guest_id]
    if segment is None:
        return set()
    try:
        inside = guests_in(
            first.business,
            segment.rules,
            today=local_date(day, first.business.time_zone),
            among=guest_ids,
        )
    except TreeProblem:
        return set()
    return set(inside.values_list("pk", flat=True))


def _campaign_state(message: Message) -> str:
    if message.campaign:
        return message.campaign.state
    is_gone = _OF_CAMPAIGN.match(message.occasion)
    return Campaign.State.CANCELLED.value if is_gone else ""


def _scopes_in_force(
    points: Iterable[ContactPoint | None],
) -> dict[tuple[int, bytes], set[str]]:
    by_business_and_address: dict[tuple[int, bytes], set[str]] = {}
    rows = Suppression.objects.filter(
        # A fingerprint is of one channel only.
        address_hash__in=[point.fingerprint for point in points if point],
        lifted_at=None,
    ).values_list("business_id", "address_hash", "scope")
    for business_id, fingerprint, scope in rows:
        key = (business_id, bytes(fingerprint))
        by_business_and_address.setdefault(key, set()).add(scope)
    return by_business_and_address


def _scopes_of(
    point: ContactPoint | None, scopes: dict[tuple[int, bytes], set[str]]
) -> frozenset[str]:
    if point is None:
        return frozenset()
    return frozenset(scopes.get((point.business_id, point.fingerprint), ()))
