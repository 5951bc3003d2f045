"""Numbers that say which one: 1st, 2nd, 9th."""

from babel import Locale
from django.utils.translation import pgettext


def say_nth(number: int, locale: Locale) -> str:
    """Return ``9th``, in the way of the active language, which ``locale`` speaks for."""
    forms = {
        "one": pgettext("as in 1st, 21st", "%(number)sst"),
        "two": pgettext("as in 2nd, 22nd", "%(number)snd"),
        "few": pgettext("as in 3rd, 23rd", "%(number)srd"),
        "other": pgettext("as in 4th, 11th", "%(number)sth"),
    }
    form = forms.get(locale.ordinal_form(number), forms["other"])
    return form % {"number": number}
