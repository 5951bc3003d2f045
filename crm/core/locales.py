"""Which Babel locale speaks for the language a page is in."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, to_locale


def active_locale() -> Locale:
    """Return the locale of the active language. English is spoken the European way:
    day before month, twenty-four hours.
    """
    code = to_locale(get_language() or settings.LANGUAGE_CODE)
    return Locale.parse("en_GB" if code == "en" else code)
