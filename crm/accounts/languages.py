"""The languages that staff pages are complete in."""

from django.conf import settings
from django.utils.functional import Promise

STAFF_LANGUAGE_CHOICES: tuple[tuple[str, str | Promise], ...] = tuple(
    (code, name)
    for code, name in settings.LANGUAGES
    if code in settings.STAFF_LANGUAGES
)
