"""Mails about a guest's own details: look through them, and a change of address.

Nothing that was typed on a page stands in them: who opens the page may be a stranger.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import DetailsLink, EmailChange
from customers.quality.email_changes import REFUSE_WITHIN
from outreach.deciding.facts import primary_emails
from outreach.letters.queueing import Words, write_letter
from outreach.models import Message
from outreach.writing.layout import Block


def ask_for_details(link: DetailsLink, *, now: datetime) -> Message | None:
    """Ask a guest to look through their details; None without an address to write to."""
    guest = link.guest
    point = primary_emails([guest.pk]).get(guest.pk)
    if point is None:
        return None
    language = guest.language or guest.business.language
    with translation.override(language):
        words = _look_through(link)
    return write_letter(
        words,
        business=guest.business,
        occasion=f"details:{link.uuid}",
        to=point.raw,
        language=language,
        now=now,
        guest=guest,
    )


def ask_the_new_address(change: EmailChange, *, now: datetime) -> Message | None:
    with translation.override(change.language):
        words = _is_it_yours(change)
    # Whose address it is is not known yet, so no guest stands beside it.
    return write_letter(
        words,
        business=change.business,
        occasion=f"new_email:{change.uuid}",
        to=change.new_address,
        language=change.language,
        now=now,
    )


def tell_the_old_address(change: EmailChange, *, now: datetime) -> Message | None:
    """Tell the address that was; None where there was none."""
    if not change.old_address:
        return None
    with translation.override(change.language):
        words = _was_it_you(change)
    return write_letter(
        words,
        business=change.business,
        occasion=f"old_email:{change.uuid}",
        to=change.old_address,
        language=change.language,
        now=now,
    )


def _look_through(link: DetailsLink) -> Words:
    house = {"house": link.guest.business.name}
    name = link.guest.greeting_name
    hello = _("Hello %(name)s") % {"name": name} if name else _("Hello")
    text = _(
        "we would like to reach you, and to get your name right. Would you look "
        "through what we have written down? It takes a minute."
    )
    return Words(
        subject=_("Is what %(house)s knows about you still right?") % house,
        preview=_("It takes a minute."),
        blocks=[
            Block("heading", _("Is this still right?")),
            Block("text", f"{hello},\n\n{text}"),
            Block("button", _("Look through my details"), "details"),
            Block("text", _("The link is yours alone and works for 30 days.")),
        ],
        why=_("You get this because you have been a guest of %(name)s.")
        % {"name": link.guest.business.name},
        links={"details": link.uuid},
    )


def _is_it_yours(change: EmailChange) -> Words:
    house = {"house": change.business.name}
    text = _(
        "Hello,\n\nsomebody wants %(house)s to write to this address from now on. If "
        "it was you, say yes here:"
    )
    return Words(
        subject=_("Is this your new address? %(house)s asks") % house,
        preview=_("Say yes, and we write to you here."),
        blocks=[
            Block("heading", _("Is this your address?")),
            Block("text", text % house),
            Block("button", _("Look, and say yes"), "new_email"),
            Block("text", _("It was not you? Then do nothing, and nothing changes.")),
        ],
        why=_("You get this because somebody wrote this address into our form."),
        links={"new_email": change.uuid},
    )


def _was_it_you(change: EmailChange) -> Words:
    house = {"house": change.business.name}
    text = _(
        "Hello,\n\nfrom now on %(house)s writes to another address of yours, and not to "
        "this one. If that was you, all is well."
    )
    days = {"days": REFUSE_WITHIN.days}
    return Words(
        subject=_("%(house)s writes to another address of yours now") % house,
        preview=_("Was it you? Then all is well."),
        blocks=[
            Block("heading", _("Your address has changed")),
            Block("text", text % house),
            Block("button", _("It was not me"), "old_email"),
            Block(
                "text", _("For %(days)s days you can take it back by this link.") % days
            ),
        ],
        why=_("You get this because we wrote to you at this address so far."),
        links={"old_email": change.uuid},
    )
