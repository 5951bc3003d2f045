"""What can be wrong with a cell, in words: what to do, and never what stands there."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CELL_SENTENCES: dict[str, str | Promise] = {
    "not_a_day": _("This is no day we can read. Write it like 2024-12-31."),
    "no_such_day": _("There is no such day. Correct the day or the month."),
    "too_early": _("This is before 1920. Correct the year."),
    "too_far": _("This is more than three years ahead. Correct the year."),
    "stands_for_nothing": _("1 January 1900 mostly means that it is not known."),
    "not_a_year": _("This is no year. Write it like 2024."),
    "not_a_month": _("This is no month. Write its name or its number."),
    "not_a_day_of_month": _("This is no day of a month. Write a number up to 31."),
    "not_an_email": _("This does not look like an email address."),
    "not_a_phone": _("This does not look like a phone number."),
    "not_a_number": _("This is no number we can read."),
    "not_a_count": _("This is no whole number. Write it with digits alone."),
    "too_large": _("This is larger than it can be."),
    "negative": _("This is less than nothing. Leave refunds out, or write 0."),
    "other_currency": _("This is another currency than yours. Write it in yours."),
    "not_a_time": _("This is no time of day. Write it like 19:30."),
    "not_yes_no": _("This is neither yes nor no."),
    "unknown_language": _("This is no language that we write in."),
    "unknown_country": _("We know no country of this name."),
    "unknown_state": _("We do not know what this says about the booking."),
    "unknown_kind": _("This is no kind of visit that we know."),
    "unknown_choice": _("This is none of the choices that the field has."),
    "card_number": _("This holds the number of a payment card, and was not kept."),
    "identity_number": _("This holds a national identity number, and was not kept."),
    "passport_number": _("This holds the number of a passport, and was not kept."),
}

# What is dropped wherever it stands, and whose text is nowhere shown or stored.
SECRETS = ("card_number", "identity_number", "passport_number")


class BadCell(ValueError):
    """A cell that cannot be what its column holds."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return what to do about it, in the reader's language."""
        return str(CELL_SENTENCES[self.code])
