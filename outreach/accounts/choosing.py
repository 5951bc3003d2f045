"""Which account a business's messages leave through."""

from datetime import datetime

from crm.tenancy.models import Business
from customers.models import Channel
from outreach.models import ProviderAccount


def account_in_use(business: Business, channel: str) -> ProviderAccount | None:
    """Return the account for ``channel``; None where no provider is set up."""
    return business.provider_accounts.filter(channel=channel, is_in_use=True).first()


def give_installation_accounts(*, now: datetime) -> int:
    """Let every business without a mail provider use the installation's own server.

    Returns how many. A business without an account would have its mails wait unseen.
    """
    without = Business.objects.exclude(
        provider_accounts__channel=Channel.EMAIL, provider_accounts__is_in_use=True
    )
    rows = [
        ProviderAccount(
            business=business,
            channel=Channel.EMAIL,
            provider=ProviderAccount.INSTALLATION,
            created_at=now,
        )
        for business in without
    ]
    ProviderAccount.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
