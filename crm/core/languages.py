"""Say one sentence in every language a guest may read."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation


def in_guest_languages(say: Callable[[], str]) -> dict[str, str]:
    """Return what ``say`` gives in each guest language, by language code.

    ``say`` calls gettext when it is called, not before.
    """
    sentences = {}
    for code in settings.GUEST_LANGUAGES:
        with translation.override(code):
            sentences[code] = say()
    return sentences


def in_language(texts: dict[str, str], language: str) -> str:
    """Return the text in ``language``, else in the site's, else any there is."""
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if text := texts.get(code):
            return text
    return ""


def guest_language_choices() -> list[dict[str, str]]:
    """Return the guest languages, each by its own name."""
    return [
        {"code": code, "name": translation.get_language_info(code)["name_local"]}
        for code in settings.GUEST_LANGUAGES
    ]
