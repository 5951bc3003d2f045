"""Write an SMS: the words of a template, filled in for one guest, and the way out."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from crm.tenancy.models import Business
from customers.models import Guest, Purpose, Visit
from outreach.models import ProviderAccount
from outreach.sms.encoding import SmsText, plain_text, prepare
from outreach.sms.registry import BACKENDS
from outreach.sms.senders import Sender
from outreach.sms.stopping import word_to_stop
from outreach.writing.layout import clean
from outreach.writing.links import placeholder, with_links
from outreach.writing.liquid_texts import CannotFillIn, fill_in
from outreach.writing.rendering import merge_fields

# A guest who gets more at once takes it for a mistake; each part costs.
MAX_PARTS = 8
MAX_TEXT = 1_000


def sms_text_in(words: Mapping[str, Any]) -> str:
    """Return the SMS of one language as its author typed it; empty for none."""
    return str(words.get("sms", {}).get("text", ""))


def render_sms(
    contents: Mapping[str, Any],
    *,
    language: str,
    purpose: str,
    business: Business,
    guest: Guest,
    visit: Visit | None = None,
    sender: Sender | None = None,
) -> str:
    """Fill in the SMS of a template version in the best language there is.

    There are placeholders where personal links go. Raise CannotFillIn.
    """
    code = best_sms_language(contents, language, business.language)
    with translation.override(code):
        return compose_sms(
            sms_text_in(contents[code]),
            language=code,
            purpose=purpose,
            business=business,
            guest=guest,
            visit=visit,
            sender=sender,
        )


def best_sms_language(contents: Mapping[str, Any], *wanted: str) -> str:
    """Return the first wanted language with an SMS, else any. Raise CannotFillIn."""
    for code in (*wanted, "en", *contents):
        if sms_text_in(contents.get(code, {})).strip():
            return code
    raise CannotFillIn(_("The message has no words for an SMS."))


def compose_sms(
    text: str,
    *,
    language: str,
    purpose: str,
    business: Business,
    guest: Guest,
    visit: Visit | None = None,
    sender: Sender | None = None,
) -> str:
    """Return ``text`` filled in, with the way out where there must be one. The language
    must be active. Raise CannotFillIn.
    """
    fields = merge_fields(business=business, guest=guest, visit=visit)
    filled = clean(fill_in(text.replace("\r\n", "\n"), fields)).strip()
    if not filled:
        raise CannotFillIn(_("The message has no words for an SMS."))
    way_out = _way_out(purpose, language, sender)
    return plain_text("\n".join(filter(None, [filled, way_out])))


def _way_out(purpose: str, language: str, sender: Sender | None) -> str:
    """Return how to say no. What belongs to the visit itself is not a list."""
    if purpose not in {Purpose.SURVEY, Purpose.MARKETING}:
        return ""
    if sender is not None and not sender.needs_opt_out_link:
        return _("Reply %(word)s to stop.") % {"word": word_to_stop(language)}
    return _("Stop: %(link)s") % {"link": placeholder("unsubscribe")}


def measured(text: str, links: Mapping[str, str]) -> SmsText:
    """Return ``text`` as it is sent with ``links``, and what that takes.

    Raise CannotFillIn when it is longer than anybody reads.
    """
    sent = prepare(with_links(text, links))
    if sent.parts > MAX_PARTS:
        raise CannotFillIn(
            _("The SMS takes more than %(count)s parts. Make it shorter.")
            % {"count": MAX_PARTS}
        )
    return sent


def as_taken_by(account: ProviderAccount | None, text: str) -> str:
    """Return ``text`` without what the provider of ``account`` cannot send."""
    backend = BACKENDS.get(account.provider) if account else None
    if backend is None or backend.capabilities.has_wide_letters:
        return text
    return without_wide_letters(text)


_JOINERS = re.compile("[\u200d\ufe0e\ufe0f\u20e3]")


def without_wide_letters(text: str) -> str:
    """Return ``text`` for a provider that knows 16 bits only: without emoji, and with
    a sign in place of a letter that is lost."""
    if max(text, default="") <= "\uffff":
        return text
    kept = "".join(_narrow(letter) for letter in text)
    return re.sub(" {2,}", " ", _JOINERS.sub("", kept))


def _narrow(letter: str) -> str:
    if letter <= "\uffff":
        return letter
    return "?" if unicodedata.category(letter).startswith("L") else ""
