"""What a provider gave the business to log in with, sealed."""

import json
from collections.abc import Mapping

from crm.core.encryption import CannotUnseal, seal, unseal
from outreach.models import ProviderAccount


class CredentialsLost(Exception):
    """The key they were sealed with is gone, or they were damaged."""


def sealed(credentials: Mapping[str, str]) -> bytes:
    """Return ``credentials`` as the account keeps them."""
    return seal(json.dumps(dict(credentials)))


def credentials_of(account: ProviderAccount) -> dict[str, str]:
    """Return the account's credentials by name; none where it needs none.

    Raise CredentialsLost.
    """
    if account.credentials is None:
        return {}
    try:
        found: dict[str, str] = json.loads(unseal(account.credentials))
    except (CannotUnseal, ValueError):
        # Without the cause, whose frames would hold what was sealed.
        raise CredentialsLost from None
    return found
