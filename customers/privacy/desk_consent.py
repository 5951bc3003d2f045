"""What may be sent to a guest, and why or why not, as the desk sees it.

Each message is decided in outreach when it goes; here is what that rests on. And a yes
or a no that was said to a person is taken down.
"""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.addresses import is_relay_address
from customers.consent import ConsentState, consent_states, record_consent
from customers.models import (
    Agreement,
    Channel,
    ConsentEvent,
    ContactPoint,
    Guest,
    Purpose,
)
from customers.panels import Panel
from customers.profile.agreements import agreements_of
from customers.summaries import lock_guest
from customers.suppressions import reopen, suppressed_scopes

# What is needed for the visit itself goes without a yes.
ASKED_FOR = (Purpose.SURVEY, Purpose.MARKETING)

ADDRESS_KIND = {
    Channel.EMAIL: ContactPoint.Kind.EMAIL,
    Channel.SMS: ContactPoint.Kind.PHONE,
}
_NO_ADDRESS = {
    Channel.EMAIL: _("No email address is known."),
    Channel.SMS: _("No phone number is known."),
}


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """Whether one purpose may use one channel. ``reason`` is a sentence."""

    purpose: Purpose
    channel: Channel
    may_go: bool
    reason: object
    said: ConsentState | None

    @property
    def how(self) -> object:
        """Return how the last word was said, in words."""
        return ConsentEvent.Source(self.said.source).label if self.said else ""


class DeskAnswerForm(forms.Form):
    """A yes or a no for one purpose on one channel, and how it was said."""

    answer = forms.ChoiceField(
        label=_("They said"),
        choices=[
            ("yes", pgettext_lazy("a guest's answer", "Yes")),
            ("no", pgettext_lazy("a guest's answer", "No")),
        ],
        widget=forms.RadioSelect,
    )
    purpose = forms.ChoiceField(
        label=_("To what"), choices=[(p.value, p.label) for p in ASKED_FOR]
    )
    channel = forms.ChoiceField(label=_("By"), choices=Channel.choices)
    source = forms.ChoiceField(
        label=_("How"),
        choices=[
            (ConsentEvent.Source.DESK, _("said at the desk")),
            (ConsentEvent.Source.BOOKING, pgettext_lazy("consent", "when booking")),
            (
                ConsentEvent.Source.SIGN_UP,
                pgettext_lazy("consent", "on a sign-up form"),
            ),
        ],
    )


def consent_lines(guest: Guest) -> list[ConsentLine]:
    """Return a line for each purpose that needs a yes, on each channel.

    Costs three queries.
    """
    addresses = {
        point.kind: point for point in guest.contact_points.filter(is_primary=True)
    }
    states = consent_states([guest.pk])
    scopes = suppressed_scopes(
        guest.business, fingerprints=[p.fingerprint for p in addresses.values()]
    )
    lines = []
    for channel in Channel:
        address = addresses.get(ADDRESS_KIND[channel])
        blocked = scopes.get(address.fingerprint, set()) if address else set()
        for purpose in ASKED_FOR:
            said = states.get((guest.pk, purpose, channel))
            obstacle = obstacle_to(purpose, channel, address, blocked, said)
            lines.append(
                ConsentLine(purpose, channel, obstacle is None, obstacle or "", said)
            )
    return lines


def obstacle_to(
    purpose: Purpose,
    channel: Channel,
    address: ContactPoint | None,
    blocked: set[str],
    said: ConsentState | None,
) -> object | None:
    """Return the sentence that says why not, or None where nothing is in the way.

    ``address`` is the primary one of the channel, ``blocked`` the scopes in which it is
    left alone, ``said`` the newest word.
    """
    # In the order in which outreach/deciding/decision.py looks.
    if address is None:
        return _NO_ADDRESS[channel]
    if channel == Channel.EMAIL and is_relay_address(address.normalized):
        return _("Only a booking site's address is known.")
    if blocked & {"all", purpose}:
        return _("The address is not to be written to.")
    if said is None:
        return _("Never asked.")
    if not said.is_granted:
        return _("Said no.")
    if not said.has_sale:
        return _("There is no paid visit that the notice could rest on.")
    return None


@transaction.atomic
def take_down_answer(
    guest: Guest,
    *,
    purpose: str,
    channel: str,
    is_granted: bool,
    source: str,
    actor: User,
    now: datetime,
) -> ConsentEvent:
    """Record what the guest said to a person.

    A yes also opens an address that they had closed themselves, for this purpose alone.
    An address that bounced or complained stays closed.
    """
    # A soft opt-in of the same moment must see what was said.
    lock_guest(guest.pk)
    event = record_consent(
        guest,
        purpose=purpose,
        channel=channel,
        is_granted=is_granted,
        source=source,
        evidence="taken down on the guest page",
        noted_by=actor,
        now=now,
    )
    if is_granted:
        for point in guest.contact_points.filter(kind=ADDRESS_KIND[Channel(channel)]):
            reopen(
                business=guest.business,
                channel=channel,
                fingerprint=point.fingerprint,
                purpose=purpose,
                now=now,
            )
    record_event(
        business=guest.business,
        actor=actor,
        action="consent_granted" if is_granted else "consent_withdrawn",
        subject=guest,
        fields=[f"{purpose}_{channel}"],
        now=now,
    )
    return event


def consent_panel(guest: Guest, now: datetime) -> Panel:
    """Show the lines with a yes and a no to press.

    A yes about health needs stands with the needs, where few can see it.
    """
    health = Agreement.Subject.HEALTH
    context = {
        "lines": consent_lines(guest),
        "agreements": [a for a in agreements_of(guest) if a.subject != health],
        "form": DeskAnswerForm(),
    }
    return Panel("customers/consent_panel.html", context, order=60)
