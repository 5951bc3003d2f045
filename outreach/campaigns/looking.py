"""The look at a draft before it begins: whom it reaches, what it says, what it costs."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import Channel, Guest
from customers.segments.trees import TreeProblem
from outreach.accounts.choosing import account_in_use
from outreach.campaigns.audience import audience_of
from outreach.campaigns.changing import sends_at
from outreach.campaigns.counting import Tally, tally
from outreach.campaigns.pricing import Price, price_of
from outreach.models import Campaign, Message, TemplateVersion
from outreach.sending.freezing import rendered_for, sms_for
from outreach.writing.links import inert_links, with_links
from outreach.writing.liquid_texts import CannotFillIn


@dataclass(frozen=True, slots=True)
class Sample:
    """The words as one guest would read them. ``subject`` is empty for an SMS."""

    guest: Guest
    subject: str
    second: str
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """``problem`` says why it cannot begin as it is; empty when it can."""

    send_at: datetime
    tally: Tally = field(default_factory=Tally)
    price: Price | None = None
    sample: Sample | None = None
    problem: str = ""

    @property
    def going(self) -> int:
        return self.tally.going_total


def look_at(campaign: Campaign, *, now: datetime) -> Look:
    """Return what would happen if a draft were started now."""
    send_at = sends_at(campaign, now=now)
    # The draft keeps no instant: its time is read on the wall until it is planned.
    campaign.send_at = send_at
    version = campaign.template.versions.order_by("-number").first()
    problem = _problem(campaign, version, send_at, now)
    if version is None or problem:
        return Look(send_at, problem=problem)
    try:
        result = tally(campaign, audience_of(campaign, now=now), now=now)
        sample = _sample(campaign, version, result)
    except TreeProblem as tree_problem:
        return Look(send_at, problem=_("Its segment: %s") % tree_problem)
    except CannotFillIn as cannot:
        return Look(send_at, tally=result, problem=str(cannot))
    if not result.going_total:
        problem = _("Nobody would get this. Nothing can be sent.")
    return Look(send_at, result, price_of(campaign, version, result), sample, problem)


def _problem(
    campaign: Campaign,
    version: TemplateVersion | None,
    send_at: datetime,
    now: datetime,
) -> str:
    if campaign.segment is None:
        return _("Nobody is chosen: its segment is gone. Choose another one.")
    if version is None:
        return _("The message has no words yet.")
    if send_at < now:
        return _("Its time is over. Choose another one.")
    return ""


def _sample(
    campaign: Campaign, version: TemplateVersion, result: Tally
) -> Sample | None:
    if not result.names:
        return None
    guest = result.names[0]
    by_sms = guest.pk in result.going.get(Channel.SMS, [])
    message = Message(
        business=campaign.business,
        channel=Channel.SMS if by_sms else Channel.EMAIL,
        kind=campaign.template.purpose,
        guest=guest,
        campaign=campaign,
        language=guest.language or campaign.business.language,
    )
    if by_sms:
        message.account = account_in_use(campaign.business, Channel.SMS)
        text = with_links(sms_for(message, version), inert_links())
        return Sample(guest, "", "", text)
    first = rendered_for(message, version)
    message.variant = "b"
    second = rendered_for(message, version).subject
    text = with_links(first.text, inert_links())
    return Sample(guest, first.subject, second if second != first.subject else "", text)
