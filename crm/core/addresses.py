"""Email addresses as typed, and as compared."""

import unicodedata

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

# Booking sites hand out addresses that forward for a while. They reach the guest for
# this booking, and are nobody's consent to anything else.
RELAY_DOMAINS = (
    "guest.booking.com",
    "m.expediapartnercentral.com",
    "agoda-messaging.com",
    "guest.airbnb.com",
    "host.airbnb.com",
    "reply.hotels.com",
)


class InvalidEmail(ValueError):
    """The text cannot be an email address."""


def normalize_email(raw: str) -> str:
    """Return ``raw`` with a lower-case local part and a lower-case ASCII domain.

    Dots and plus parts stay: they are different mailboxes at most providers. No look-up
    is made. Raise InvalidEmail when no mail server would take it.
    """
    text = unicodedata.normalize("NFC", raw.strip())
    try:
        parts = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidEmail(
            _("This does not look like an email address. Write it like nora@post.no.")
        ) from error
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.lower()}"


def is_relay_address(normalized: str) -> bool:
    """Return whether a booking site stands between us and the guest."""
    domain = normalized.rpartition("@")[2]
    return any(
        domain == relay or domain.endswith(f".{relay}") for relay in RELAY_DOMAINS
    )
