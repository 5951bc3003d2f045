"""Phone numbers as people type them, and as the network dials them."""

import re

import phonenumbers
from django.utils.translation import gettext as _

# Danish and Norwegian numbers of eight digits are the same at home and abroad. Most of
# ours are such, and a closer look takes fifty times as long.
_EIGHT_DIGITS = re.compile(r"\+4[57][2-9]\d{7}")


# Lines that no SMS arrives on. What a plan does not tell, or no plan knows, may be tried.
_Line = phonenumbers.PhoneNumberType
_WITHOUT_SMS = frozenset(
    {
        _Line.FIXED_LINE,
        _Line.TOLL_FREE,
        _Line.PREMIUM_RATE,
        _Line.SHARED_COST,
        _Line.VOIP,
        _Line.PAGER,
        _Line.UAN,
        _Line.VOICEMAIL,
    }
)
# Norwegian mobiles begin so, and a closer look takes long here too.
_NORWEGIAN_MOBILE = re.compile(r"\+47[49]\d{7}")


class InvalidPhone(ValueError):
    """The text cannot be a phone number."""


def normalize_phone(raw: str, *, country: str) -> str:
    """Return ``raw`` as E.164.

    Numbers without a country code are read as numbers of ``country``, an ISO code.
    Possible numbers pass even when no operator is known to use them, because numbering
    plans change. Raise InvalidPhone otherwise.
    """
    compact = raw.replace(" ", "")
    if _EIGHT_DIGITS.fullmatch(compact) and compact.isascii():
        return compact
    try:
        number = phonenumbers.parse(raw, country or None)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(
            _("This does not look like a phone number. Write it like +47 406 12 345.")
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(
            _("This phone number is too long or too short. Is a digit missing?")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(e164: str) -> str:
    """Return an E.164 number with the spaces its country writes."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def national_digits(e164: str) -> str:
    """Return the digits of an E.164 number as they are dialled within its country."""
    if _EIGHT_DIGITS.fullmatch(e164) and e164.isascii():
        return e164[3:]
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.national_significant_number(number)


def may_take_sms(e164: str) -> bool:
    """Return whether an SMS may arrive at an E.164 number: not on a landline."""
    if _NORWEGIAN_MOBILE.fullmatch(e164) and e164.isascii():
        return True
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) not in _WITHOUT_SMS
