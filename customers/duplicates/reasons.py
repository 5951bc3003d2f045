"""What speaks for and against two guests being one, in words for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.duplicates.scoring import WEIGHTS

WORDS: dict[str, str | Promise] = {
    "given_same": _("Same first name"),
    "given_longer": _("One has a second first name"),
    "given_nickname": _("One first name is short for the other"),
    "given_near": _("First names a slip apart"),
    "given_partly": _("First names partly the same"),
    "given_initial": _("First names begin alike"),
    "given_other_name": _("Similar first names, but two names"),
    "given_differs": _("Different first names"),
    "family_same": _("Same family name"),
    "family_near": _("Family names a slip apart"),
    "family_partly": _("Family names partly the same"),
    "family_differs": _("Different family names"),
    "names_swapped": _("First and family name swapped"),
    "names_swapped_nearly": _("First and family name swapped, nearly"),
    "email_same": _("Same email"),
    "email_of_many": _("Same email, which many have"),
    "email_near": _("Emails a letter apart"),
    "email_differs": _("Different emails"),
    "phone_same": _("Same phone"),
    "phone_of_many": _("Same phone, which many have"),
    "phone_near": _("Phones a digit apart"),
    "phone_differs": _("Different phones"),
    "birthday_same": _("Same birthday"),
    "birthday_turned": _("Day and month of the birthday swapped"),
    "birthday_differs": _("Different birthdays"),
    "address_same": _("Same address"),
    "address_differs": _("Different addresses"),
    "postal_code_same": _("Same postal code"),
    "town_same": _("Same town"),
    "town_differs": _("Different towns"),
    "company_same": _("Same company"),
    "generation_differs": _("Junior or senior, but not both"),
    "household_same": _("They live together"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    text: str
    speaks_for: bool


def in_words(codes: Iterable[str]) -> list[Reason]:
    """Return the reasons for, the weightiest first, then those against."""
    known = sorted(
        (code for code in codes if code in WORDS), key=lambda code: -WEIGHTS[code]
    )
    return [Reason(str(WORDS[code]), WEIGHTS[code] > 0) for code in known]
