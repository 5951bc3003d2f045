"""Decide whether one message may go now: the only place where that is decided.

Pure: facts in, verdict out. The sender asks it at the last moment, the forecast and the
explanation ask it beforehand, so a page cannot promise what the sender will not do. The
facts are loaded in ``outreach/deciding/facts.py``.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from outreach.deciding.budget import Budget, next_slot
from outreach.deciding.hours import Clocks, Hours, next_opening, spread_out


class Reason(TextChoices):
    """Why a message waits or does not go, in words for the house."""

    NIGHT = "night", _("It is night there: it goes in the morning.")
    SUNDAY = "sunday", _("It waits until Sunday is over.")
    HOLIDAY = "holiday", _("It waits until the public holiday is over.")
    ERASED = "erased", _("The guest asked to be forgotten.")
    EXPIRED = "expired", _("It would come too late.")
    VISIT_NOT_COMPLETED = "visit_not_completed", _("The visit is not completed.")
    AUTOMATION_OFF = "automation_off", _("The automation is switched off.")
    NO_ADDRESS = "no_address", _("No email address is known.")
    NO_PHONE = "no_phone", _("No phone number is known.")
    NOT_MOBILE = "not_mobile", _("Only a landline is known, which takes no SMS.")
    NO_ACCOUNT = "no_account", _("No provider is set up: it waits for one.")
    RELAY_ADDRESS = "relay_address", _("Only a booking site's address is known.")
    SUPPRESSED = "suppressed", _("The address is not to be written to.")
    ANSWERED = "answered", _("The guest has answered already.")
    NO_CONSENT = "no_consent", _("The guest has not said yes to this.")
    WITHDREW = "withdrew", _("The guest said no to this.")
    DOUBLE = "double", _("They get the same about that day already.")
    NO_SALE = "no_sale", _("There is no paid visit that the notice could rest on.")
    CONTROL = "control", _("Left out by lot, to see what the message changes.")
    BUDGET = "budget", _("The guest has heard enough from us lately.")
    SEGMENT = "segment", _("The guest is not one of those it is meant for any more.")
    VISIT_CHANGED = "visit_changed", _("The visit is not what it was when planned.")
    PAUSED = "paused", _("The campaign is paused: it waits.")
    CALLED_OFF = "called_off", _("The campaign was cancelled.")


_MAIL_HOURS = Hours(time(7), time(22))


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the guest last said about the purpose, on the channel."""

    is_granted: bool
    has_sale: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """All that the decision rests on, as plain values.

    ``kind`` as ``Message.Kind``. ``is_visit_completed`` and ``is_automation_on`` are
    None where the message has to do with neither. ``permission`` is None when the guest
    was never asked. It goes within ``hours`` on the wall in ``zone`` and in each of
    ``reader_zones``, those of the phone number; ``country`` is the house's. ``place``
    says who goes first of those that wait for the same hour. ``fingerprint`` is that of
    the address, which is empty where ``is_landline``. ``is_in_segment`` is None where
    everybody is meant, ``budget`` where the guest may hear any number, and
    ``campaign_state`` is empty where it belongs to none.
    """

    kind: str
    address: str
    zone: str
    fingerprint: bytes = b""
    channel: str = "email"
    has_account: bool = True
    is_erased: bool = False
    is_relay: bool = False
    is_landline: bool = False
    is_visit_completed: bool | None = None
    is_visit_as_planned: bool = True
    is_automation_on: bool | None = None
    is_answered: bool = False
    permission: Permission | None = None
    suppressed_scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    hours: Hours = _MAIL_HOURS
    reader_zones: tuple[str, ...] = ()
    country: str = ""
    place: int = 0
    is_in_segment: bool | None = None
    is_left_out: bool = False
    campaign_state: str = ""
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """It may be sent now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits until an instant, and is asked about again then."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Block:
    """It does not go."""

    reason: Reason


Verdict = Go | Hold | Block

# Kinds a guest must have allowed beforehand; the others belong to the visit itself.
_ASKED_FOR = frozenset({"survey", "marketing"})
# How soon after a provider is set up it is noticed.
_UNTIL_SET_UP = timedelta(minutes=15)
# Who lets a campaign go on again does not wait for this.
_UNTIL_RESUMED = timedelta(hours=1)


def decide(facts: MessageFacts, now: datetime) -> Verdict:
    """Return whether the message may go at the aware instant ``now``.

    The first obstacle that would not pass by waiting is named; only without one does
    the hour of the day count.
    """
    reason = (
        _moot(facts, now)
        or _unreachable(facts)
        or _suppressed(facts)
        or _not_allowed(facts)
        or _left_out(facts)
    )
    if reason:
        return Block(reason)
    if not facts.has_account:
        return Hold(now + _UNTIL_SET_UP, Reason.NO_ACCOUNT)
    if facts.campaign_state == "paused":
        return Hold(now + _UNTIL_RESUMED, Reason.PAUSED)
    return _until_room(facts, now) or _until_open(facts, now) or Go()


def _moot(facts: MessageFacts, now: datetime) -> Reason | None:
    """Return why there is nothing left to send."""
    if facts.is_erased:
        return Reason.ERASED
    if facts.expires_at and now >= facts.expires_at:
        return Reason.EXPIRED
    if facts.is_visit_completed is False:
        return Reason.VISIT_NOT_COMPLETED
    if not facts.is_visit_as_planned:
        return Reason.VISIT_CHANGED
    if facts.is_automation_on is False:
        return Reason.AUTOMATION_OFF
    if facts.campaign_state == "cancelled":
        return Reason.CALLED_OFF
    if facts.is_in_segment is False:
        return Reason.SEGMENT
    return Reason.ANSWERED if facts.is_answered else None


def _unreachable(facts: MessageFacts) -> Reason | None:
    if not facts.address:
        return _without_address(facts)
    # The site forwards what concerns the booking; nobody consented to more through it.
    if facts.is_relay and facts.kind in _ASKED_FOR:
        return Reason.RELAY_ADDRESS
    return None


def _without_address(facts: MessageFacts) -> Reason:
    if facts.channel != "sms":
        return Reason.NO_ADDRESS
    return Reason.NOT_MOBILE if facts.is_landline else Reason.NO_PHONE


def _suppressed(facts: MessageFacts) -> Reason | None:
    scopes = facts.suppressed_scopes & {"all", facts.kind}
    return Reason.SUPPRESSED if scopes else None


def _not_allowed(facts: MessageFacts) -> Reason | None:
    """Return what is missing: silence is no for surveys and news, yes for service."""
    said = facts.permission
    if facts.kind == "critical":
        return None
    if said is None:
        return Reason.NO_CONSENT if facts.kind in _ASKED_FOR else None
    if not said.is_granted:
        return Reason.WITHDREW
    if facts.kind in _ASKED_FOR and not said.has_sale:
        return Reason.NO_SALE
    return None


def _left_out(facts: MessageFacts) -> Reason | None:
    """Only of what would have gone otherwise, and only of news and offers."""
    is_left_out = facts.is_left_out and facts.kind == "marketing"
    return Reason.CONTROL if is_left_out else None


def _until_room(facts: MessageFacts, now: datetime) -> Hold | Block | None:
    """Return until when the guest has heard enough, or that it would be too late by
    then; None when there is room now.
    """
    if facts.budget is None or facts.kind not in _ASKED_FOR:
        return None
    slot = next_slot(facts.budget, now)
    if slot is None:
        return None
    clocks = Clocks(facts.zone, facts.reader_zones, facts.country)
    opening = next_opening(facts.hours, clocks, slot.at)
    until = opening.at if opening else slot.at
    if facts.expires_at and until >= facts.expires_at:
        # Those ahead may not go after all; what was heard stays heard.
        if slot.is_certain:
            return Block(Reason.BUDGET)
        until = facts.expires_at
    return Hold(until, Reason.BUDGET)


def _until_open(facts: MessageFacts, now: datetime) -> Hold | Block | None:
    """Return until when it waits for its hour, or that it would be too late by then;
    None when it may go now.
    """
    if facts.kind == "critical":
        return None
    clocks = Clocks(facts.zone, facts.reader_zones, facts.country)
    opening = next_opening(facts.hours, clocks, now)
    if opening is None:
        return None
    if facts.expires_at and opening.at >= facts.expires_at:
        return Block(Reason.EXPIRED)
    until = spread_out(opening.at, facts.hours, clocks, place=facts.place)
    if facts.expires_at and until >= facts.expires_at:
        until = opening.at
    return Hold(until, Reason(opening.why))
