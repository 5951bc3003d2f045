"""What an account is called where people choose or read about it."""

from django.utils.translation import gettext as _

from outreach.models import ProviderAccount
from outreach.sms.registry import BACKENDS


def account_name(account: ProviderAccount) -> str:
    """Return the provider's name, and from whom messages come where that is set."""
    if account.provider == ProviderAccount.INSTALLATION:
        title = _("This installation’s mail server")
    elif account.provider in BACKENDS:
        title = BACKENDS[account.provider].title
    else:
        title = account.provider.replace("_", " ").capitalize()
    return f"{title} · {account.sender}" if account.sender else title
