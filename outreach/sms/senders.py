"""Who an SMS says it is from: a name, a phone number, or a short number."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from crm.core.phones import InvalidPhone, normalize_phone
from outreach.models import ProviderAccount
from outreach.sms.encoding import GSM_BASIC, plain_text

_MOST_LETTERS = 11
_SHORT = re.compile(r"[0-9]{3,6}")
_DIGITS = re.compile(r"[0-9 ().+/-]+")
_SAFE = re.compile(r"[A-Za-z0-9 ]+")


class SenderKind(StrEnum):
    NAME = "name"
    NUMBER = "number"
    SHORT = "short"


class InvalidSender(ValueError):
    """An SMS cannot be from this."""


@dataclass(frozen=True, slots=True)
class Sender:
    text: str
    kind: SenderKind

    @property
    def may_be_answered(self) -> bool:
        """Return whether a guest can reply. To a name nobody can, not even STOP."""
        return self.kind is not SenderKind.NAME

    @property
    def needs_opt_out_link(self) -> bool:
        """Return whether advertising from it must carry a link to say no.

        Saying no must be free and possible in every message (Norway mfl. § 15, Sweden
        MFL 19 §), and a STOP cannot reach a name.
        """
        return not self.may_be_answered

    @property
    def is_safe(self) -> bool:
        """Return whether every network shows it: some know no letters beyond A to Z."""
        return self.may_be_answered or bool(_SAFE.fullmatch(self.text))


def read_sender(raw: str, *, country: str) -> Sender:
    """Return who ``raw`` names. Numbers without a country code are of ``country``.

    Raise InvalidSender with a sentence.
    """
    text = " ".join(plain_text(raw).split())
    if _SHORT.fullmatch(text):
        return Sender(text, SenderKind.SHORT)
    if _DIGITS.fullmatch(text):
        try:
            return Sender(normalize_phone(text, country=country), SenderKind.NUMBER)
        except InvalidPhone as error:
            raise InvalidSender(str(error)) from error
    return Sender(_name(text), SenderKind.NAME)


def sender_of(account: ProviderAccount) -> Sender:
    """Return who the SMS of ``account`` are from: by the house's name where none is set.

    Raise InvalidSender.
    """
    house = account.business
    raw = account.sender or plain_text(house.name)[:_MOST_LETTERS]
    return read_sender(raw, country=house.country)


def known_sender(account: ProviderAccount | None) -> Sender | None:
    """Return who it is from; None where that cannot be said, so nobody can answer."""
    try:
        return sender_of(account) if account else None
    except InvalidSender:
        return None


def _name(text: str) -> str:
    if not any(letter.isalpha() for letter in text):
        raise InvalidSender(_("A sender needs at least one letter, or a phone number."))
    if len(text) > _MOST_LETTERS:
        raise InvalidSender(_("A sender has at most 11 letters, spaces included."))
    if not GSM_BASIC.issuperset(text):
        raise InvalidSender(_("Phones cannot show all of these letters in a sender."))
    return text
