"""Personal links: placeholders in what is stored, the real ones in what is sent.

A stored body and whoever reads it can open nothing; sending again gives the same links.
"""

from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.core.signing import public_token
from customers.models import Guest
from customers.quality.details_links import details_link, token_of
from outreach.models import Message

# A domain that never resolves, so that a stored body leads nowhere.
_PLACEHOLDER = "https://links.invalid/{name}"

# Links an author may put on a button.
LINKS = {
    "survey": _("the survey"),
    "preferences": _("what the guest wants from us"),
    "details": _("the guest's own details, to put right"),
}
# Links of single letters, by name: what the token is sealed for, and what it opens.
LETTER_LINKS = {
    "sign_up": ("sign_up", "join:confirm"),
    "details": ("details", "details:page"),
    "new_email": ("new_email", "details:confirm"),
    "old_email": ("old_email", "details:refuse"),
}
_ALL_LINKS = ("survey", "preferences", "unsubscribe", *LETTER_LINKS)


def placeholder(name: str) -> str:
    """Return what stands in a frozen body where the link ``name`` goes."""
    return _PLACEHOLDER.format(name=name)


def with_links(body: str, links: Mapping[str, str]) -> str:
    """Return ``body`` with each placeholder replaced by the link of its name."""
    for name in _ALL_LINKS:
        body = body.replace(placeholder(name), links.get(name, settings.SITE_URL))
    return body


def inert_links() -> dict[str, str]:
    """Return links that lead nowhere, for what staff look at."""
    return dict.fromkeys(_ALL_LINKS, "#")


def shortened_links() -> dict[str, str]:
    """Return what staff see of links in an SMS: from whom, and nothing to open."""
    host = urlsplit(settings.SITE_URL).netloc
    return dict.fromkeys(_ALL_LINKS, f"{host}/…")


def example_links() -> dict[str, str]:
    """Return links that lead nowhere and are as long as a guest's own."""
    token = public_token("example", UUID(int=0))
    views = {
        "survey": "survey:answer",
        "preferences": "preferences:preferences",
        "unsubscribe": "preferences:unsubscribe",
        "details": "details:page",
    }
    return {name: _absolute(view, token) for name, view in views.items()}


def personal_links(message: Message) -> dict[str, str]:
    """Return the guest's own links by name."""
    links = {"unsubscribe": unsubscribe_url(message)}
    if message.guest:
        token = public_token("preferences", message.guest.uuid)
        links["preferences"] = _absolute("preferences:preferences", token)
    if message.survey_invitation:
        token = public_token("survey", message.survey_invitation.uuid)
        links["survey"] = _absolute("survey:answer", token)
    if message.guest and placeholder("details") in message.body_text:
        links["details"] = _details_link(message, message.guest)
    return links | _letter_links(message)


def _details_link(message: Message, guest: Guest) -> str:
    # One for each message, so that a repeat is the same and it ends with the message.
    occasion = f"message {message.uuid}"
    link = details_link(guest, occasion=occasion, now=message.send_at)
    return _absolute("details:page", token_of(link))


def _letter_links(message: Message) -> dict[str, str]:
    links = {}
    for name, uuid in message.letter_links.items():
        purpose, view_name = LETTER_LINKS[name]
        links[name] = _absolute(view_name, public_token(purpose, UUID(uuid)))
    return links


def unsubscribe_url(message: Message) -> str:
    """Return the one-click address of RFC 8058, which is also a page to open."""
    return _absolute(
        "preferences:unsubscribe", public_token("unsubscribe", message.uuid)
    )


def _absolute(view_name: str, token: str) -> str:
    return f"{settings.SITE_URL}{_path(view_name).format(token)}"


@cache
def _path(view_name: str) -> str:
    """Return the path of a guest page with ``{}`` for its token, which is the same in
    every language.
    """
    return reverse(view_name, args=["token"]).replace("token", "{}")
