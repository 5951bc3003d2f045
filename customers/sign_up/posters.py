"""What stands on the poster, in the language of those who read it."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import SignUpPage
from customers.sign_up.pages import welcome_in

# On the wall, on the counter, on the table.
SIZES = ("a4", "a5", "a6")


@dataclass(frozen=True, slots=True)
class PosterWords:
    """The words of a poster, from top to bottom."""

    language: str
    heading: str
    welcome: str
    how: str


def poster_words(page: SignUpPage, language: str) -> PosterWords:
    with translation.override(language):
        return PosterWords(
            language,
            _("Stay in touch with %(venue)s") % {"venue": page.venue.name},
            welcome_in(page, language),
            _("Point the camera of your phone here."),
        )
