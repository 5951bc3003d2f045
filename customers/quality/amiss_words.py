"""What is amiss with a guest, in the words of a filter and of the sentence it makes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.quality.figures import Trouble

# In the order of ``AMISS``.
AMISS_WORDS: dict[str, str | Promise] = {
    "no_name": _("No first name or no family name"),
    "no_email": _("No email"),
    "no_phone": _("No phone"),
    "no_address": _("No address"),
    "no_country": _("No country"),
    "no_language": _("No language"),
    "no_birthday": _("No birthday"),
    "no_wishes": _("No wishes"),
    **{trouble.value: trouble.label for trouble in Trouble},
}

AMISS_CHIPS: dict[str, str | Promise] = {
    "no_name": _("without a first name or a family name"),
    "no_email": _("without an email address"),
    "no_phone": _("without a phone number"),
    "no_address": _("without a postal address"),
    "no_country": _("without a country"),
    "no_language": _("without a language"),
    "no_birthday": _("without a birthday"),
    "no_wishes": _("without wishes"),
    Trouble.BOUNCED.value: _("whose email does not arrive"),
    Trouble.UNREACHABLE.value: _("with neither email nor phone"),
    Trouble.RELAY.value: _("with only a booking site's address"),
    Trouble.OLD_ADDRESS.value: _("whose address nobody has made sure of for long"),
    Trouble.OLD_WISHES.value: _("whose wishes nobody has made sure of for a year"),
}
