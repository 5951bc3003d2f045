"""What an account is called where people choose or read about it."""

from outreach.accounts.offers import offer_of
from outreach.models import ProviderAccount


def account_name(account: ProviderAccount) -> str:
    """Return the provider's name, and from whom messages come where that is set."""
    title = str(offer_of(account).title)
    return f"{title} · {account.sender}" if account.sender else title
