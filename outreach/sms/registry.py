"""The SMS providers there are, by the names under which accounts keep them."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from outreach.sms.backends import SmsBackend
from outreach.sms.elks46 import Elks46
from outreach.sms.http_backend import HttpSmsBackend
from outreach.sms.link_mobility import LinkMobility
from outreach.sms.simulator import Simulator
from outreach.sms.sinch import Sinch
from outreach.sms.twilio import Twilio

BACKENDS: Mapping[str, type[SmsBackend]] = {
    backend.name: backend
    for backend in (Elks46, LinkMobility, Twilio, Sinch, Simulator)
}


class UnknownProvider(LookupError):
    """No provider goes by this name."""


def backend_for(
    name: str, *, account: UUID, credentials: Mapping[str, str]
) -> SmsBackend:
    """Return a backend for one account. Keep it: it keeps its connections.

    Raise UnknownProvider.
    """
    if name not in BACKENDS:
        raise UnknownProvider
    backend = BACKENDS[name]
    if issubclass(backend, HttpSmsBackend):
        return backend(account, credentials, base_url=settings.SMS_STAND_IN_URL)
    return backend(account, credentials)
