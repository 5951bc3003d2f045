"""Show an SMS as it looks on a phone, with what it takes and costs."""

from dataclasses import dataclass

from django.utils import translation

from crm.tenancy.models import Business
from customers.models import Channel, Guest, Visit
from outreach.accounts.choosing import account_in_use
from outreach.models import Message, MessageTemplate
from outreach.sms.encoding import Encoding, prepare
from outreach.sms.prices import say_price
from outreach.sms.senders import known_sender
from outreach.writing.links import example_links, shortened_links, with_links
from outreach.writing.sms_texts import (
    as_taken_by,
    best_sms_language,
    compose_sms,
    measured,
    sms_text_in,
)

Words = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One SMS. ``cost`` in ten-thousandths of ``currency``; None where nobody knows.

    ``why`` are the letters that do not fit into the alphabet of 160 to a part.
    ``most_parts`` is what it takes with a long name, 0 where names are in already.
    """

    text: str
    language: str
    sender: str
    parts: int
    encoding: str
    why: tuple[str, ...] = ()
    cost: int | None = None
    currency: str = ""
    is_estimate: bool = True
    most_parts: int = 0

    @property
    def may_take_more(self) -> bool:
        """Return whether a guest with a long name gets it in more parts."""
        return self.most_parts > self.parts

    @property
    def is_unicode(self) -> bool:
        return self.encoding == Encoding.UCS2

    @property
    def price(self) -> str:
        return "" if self.cost is None else say_price(self.cost, self.currency)


def bubble_of(message: Message) -> Bubble:
    """Return the SMS ``message`` as it was written down, its links leading nowhere."""
    sent = prepare(message.body_text)
    sender = known_sender(message.account)
    return Bubble(
        text=with_links(sent.text, shortened_links()),
        language=message.language,
        sender=sender.text if sender else message.business.name,
        parts=message.parts or sent.parts,
        encoding=message.encoding or sent.encoding,
        why=sent.why,
        cost=message.cost_estimate if message.cost is None else message.cost,
        currency=message.cost_currency,
        is_estimate=message.cost is None,
    )


def bubble_for(
    contents: Words,
    *,
    language: str,
    template: MessageTemplate,
    guest: Guest,
    visit: Visit | None,
) -> Bubble | None:
    """Return how an SMS would look to ``guest``; None where there are no words for one.

    Raise CannotFillIn.
    """
    if not any(sms_text_in(words).strip() for words in contents.values()):
        return None
    business = template.business
    account = account_in_use(business, Channel.SMS)
    sender = known_sender(account)
    code = best_sms_language(contents, language, business.language)

    def text_for(reader: Guest) -> str:
        with translation.override(code):
            text = compose_sms(
                sms_text_in(contents[code]),
                language=code,
                purpose=template.purpose,
                business=business,
                guest=reader,
                visit=visit,
                sender=sender,
            )
        return as_taken_by(account, text)

    text = text_for(guest)
    sent = measured(text, example_links())
    price = account.prices.get(business.country) if account else None
    return Bubble(
        text=with_links(text, shortened_links()),
        language=code,
        sender=sender.text if sender else business.name,
        parts=sent.parts,
        encoding=sent.encoding,
        why=sent.why,
        cost=None if price is None else price * sent.parts,
        currency=account.currency if account else "",
        most_parts=measured(text_for(_long_named(business)), example_links()).parts,
    )


def _long_named(business: Business) -> Guest:
    """Return somebody whose name is longer than nearly everybody's."""
    return Guest(
        business=business,
        display_name="Maximiliane-Charlotte Alexandersdatter Østergaard",
        given_name="Maximiliane-Charlotte",
    )
