"""Ask an address whether it was them who signed up."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import SignUp
from outreach.letters.queueing import Words, letters, write_letter
from outreach.models import Message
from outreach.writing.layout import Block


def ask_the_address(sign_up: SignUp, *, now: datetime) -> Message | None:
    """Write the mail with the link that confirms. Nothing that was typed stands in it."""
    with translation.override(sign_up.language):
        words = _words(sign_up)
    return write_letter(
        words,
        business=sign_up.business,
        occasion=_occasion(sign_up),
        to=sign_up.email,
        language=sign_up.language,
        now=now,
    )


def say_whose_letter_it_was(sign_up: SignUp) -> None:
    """Put the letter among what was sent to the guest that the sign-up became."""
    letters(sign_up.business, _occasion(sign_up)).update(guest=sign_up.guest)


def _occasion(sign_up: SignUp) -> str:
    return f"sign_up:{sign_up.uuid}"


def _words(sign_up: SignUp) -> Words:
    venue = {"venue": sign_up.page.venue.name}
    return Words(
        subject=_("Was it you who signed up with %(venue)s?") % venue,
        preview=_("Say yes, and you are signed up."),
        blocks=[
            Block("heading", _("Was it you?")),
            Block(
                "text",
                _(
                    "Hello,\n\nthis address was written into the form of %(venue)s. "
                    "If it was you, say yes here:"
                )
                % venue,
            ),
            Block("button", _("Look, and say yes"), "sign_up"),
            Block(
                "text",
                _(
                    "It was not you? Then do nothing. We delete everything in a week, "
                    "and do not write again."
                ),
            ),
        ],
        why=_("You get this because somebody wrote this address into our form."),
        links={"sign_up": sign_up.uuid},
    )
