"""The providers that a house can choose from, by channel, as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from crm.core.regions import country_name
from customers.models import Channel
from outreach.accounts.asking import Credential
from outreach.email.providers import SMTP, Provider, available_providers
from outreach.models import ProviderAccount
from outreach.sms.registry import BACKENDS
from outreach.sms.simulator import Simulator

INSTALLATION = ProviderAccount.INSTALLATION

# Where a provider is at home, which says whose law it keeps to.
_HOMES = {
    "amazon_ses": "US",
    "brevo": "FR",
    "elks46": "SE",
    "link_mobility": "NO",
    "mailgun": "US",
    "mailjet": "FR",
    "mandrill": "US",
    "postmark": "US",
    "resend": "US",
    "scaleway": "FR",
    "sendgrid": "US",
    "sinch": "SE",
    "twilio": "US",
    "unisender_go": "RU",
}

_ABOUT: dict[str, str | Promise] = {
    SMTP: _("With the login of a mailbox, by SMTP."),
    "postal": _("Runs on a server of your own."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider of one channel. ``asks_for`` is what its account is opened with.

    ``has_own_sender`` is whether the house says from which address or number it writes.
    """

    channel: str
    name: str
    title: str | Promise
    asks_for: Sequence[Credential] = ()
    about: str | Promise = ""
    has_own_sender: bool = True

    @property
    def home(self) -> str:
        """Return the country of the provider by name; empty where nobody says."""
        code = _HOMES.get(self.name)
        return country_name(code, active_locale()) if code else ""


def offers_of(channel: str) -> list[Offer]:
    """Return what a house may choose for ``channel``, the simplest first."""
    return _sms_offers() if channel == Channel.SMS else _email_offers()


def offer_named(channel: str, name: str) -> Offer | None:
    """Return what a house may choose by its name; None where there is no such thing."""
    return next((one for one in offers_of(channel) if one.name == name), None)


def offer_of(account: ProviderAccount) -> Offer:
    """Return the provider of ``account``, also one that is offered no more."""
    found = offer_named(account.channel, account.provider)
    if found is None and account.provider == Simulator.name:
        return _simulator()
    return found or Offer(account.channel, account.provider, account.provider)


def _email_offers() -> list[Offer]:
    return [
        Offer(
            Channel.EMAIL,
            INSTALLATION,
            _("This installation’s mail server"),
            about=_("Nothing to set up: whoever runs this installation keeps it."),
            has_own_sender=False,
        ),
        *(_email_offer(provider) for provider in available_providers()),
    ]


def _email_offer(provider: Provider) -> Offer:
    is_own_server = provider.name == SMTP
    return Offer(
        Channel.EMAIL,
        provider.name,
        _("Your own mail server") if is_own_server else provider.title,
        provider.asks_for,
        about=_ABOUT.get(provider.name, provider.note),
    )


def _sms_offers() -> list[Offer]:
    offers = [
        Offer(
            Channel.SMS,
            backend.name,
            backend.title,
            backend.asks_for,
            about=_about(backend.capabilities.receives),
        )
        for backend in BACKENDS.values()
        if backend is not Simulator
    ]
    # It sends nothing, which outside the demo nobody would expect of a provider.
    return [_simulator(), *offers] if settings.DEMO else offers


def _about(receives: bool) -> str | Promise:
    if receives:
        return _("Delivery reports, and answers from guests.")
    return _("Delivery reports.")


def _simulator() -> Offer:
    return Offer(
        Channel.SMS,
        Simulator.name,
        Simulator.title,
        about=_("For trying out: no SMS leaves this server."),
    )
