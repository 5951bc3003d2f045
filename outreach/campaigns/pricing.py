"""What the SMS of a campaign will cost, about."""

from dataclasses import dataclass

from customers.models import Channel
from outreach.accounts.choosing import account_in_use
from outreach.campaigns.counting import Tally
from outreach.models import Campaign, Message, TemplateVersion
from outreach.sending.freezing import sms_for
from outreach.sms.prices import estimate, say_price
from outreach.writing.links import personal_links
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.sms_texts import measured


@dataclass(frozen=True, slots=True)
class Price:
    """``text`` is the sum of what is known; ``unknown`` have no price in the list."""

    messages: int
    parts: int
    text: str
    unknown: int


def price_of(
    campaign: Campaign, version: TemplateVersion, result: Tally
) -> Price | None:
    """Return what it costs by the first guest's words in each language; None without
    any SMS."""
    if not result.numbers:
        return None
    account = account_in_use(campaign.business, Channel.SMS)
    prices = account.prices if account else {}
    parts = _parts_by_language(campaign, version, result)
    total, unknown, all_parts = 0, 0, 0
    for number, language in result.numbers:
        count = parts.get(language, 1)
        all_parts += count
        cost = estimate(count, number, prices)
        total += cost or 0
        unknown += cost is None
    text = say_price(total, account.currency if account else "")
    return Price(len(result.numbers), all_parts, text, unknown)


def _parts_by_language(
    campaign: Campaign, version: TemplateVersion, result: Tally
) -> dict[str, int]:
    guests = campaign.business.guests.filter(pk__in=result.going.get(Channel.SMS, []))
    account = account_in_use(campaign.business, Channel.SMS)
    parts = {}
    for guest in guests.order_by("language", "pk").distinct("language"):
        message = Message(
            business=campaign.business,
            channel=Channel.SMS,
            kind=campaign.template.purpose,
            guest=guest,
            account=account,
            language=guest.language or campaign.business.language,
        )
        try:
            parts[guest.language] = _parts(message, version)
        except CannotFillIn:
            continue
    return parts


def _parts(message: Message, version: TemplateVersion) -> int:
    return measured(sms_for(message, version), personal_links(message)).parts
