"""Open, change and give up the account that a channel of a house goes through."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from outreach.accounts.alerts import end_trouble
from outreach.accounts.credentials import sealed
from outreach.models import Alert, ProviderAccount


@transaction.atomic
def open_account(
    account: ProviderAccount,
    credentials: Mapping[str, str],
    *,
    actor: User,
    now: datetime,
) -> None:
    """Let the account's channel go through the new ``account`` from now on.

    What was in use before is given up. Messages that wait go the new way.
    """
    business = _locked(account.business)
    for old in business.provider_accounts.filter(
        channel=account.channel, is_in_use=True
    ):
        _give_up(old, actor=actor, now=now)
    account.credentials = sealed(credentials) if credentials else None
    account.created_at, account.created_by = now, actor
    account.save(force_insert=True)
    _record(account, "created", actor=actor, now=now)


@transaction.atomic
def amend_account(
    account: ProviderAccount,
    credentials: Mapping[str, str] | None = None,
    *,
    changed: Iterable[str],
    actor: User,
    now: datetime,
) -> bool:
    """Keep what was ``changed`` of ``account``; False where it is not in use any more.

    ``credentials`` are all of them, where one of them is changed.
    """
    fields = [*changed]
    if credentials is not None:
        account.credentials = sealed(credentials)
        fields.append("credentials")
    _locked(account.business)
    in_use = ProviderAccount.objects.filter(pk=account.pk, is_in_use=True)
    if not in_use.exists():
        return False
    if fields:
        account.save(update_fields=fields)
        _record(account, "amended", actor=actor, now=now, fields=fields)
    return True


@transaction.atomic
def give_up_account(account: ProviderAccount, *, actor: User, now: datetime) -> bool:
    """Send nothing through ``account`` any more, and forget how to log in.

    What it sent stays its own. False where it was given up before.
    """
    _locked(account.business)
    current = ProviderAccount.objects.filter(pk=account.pk, is_in_use=True).first()
    if current is None:
        return False
    _give_up(current, actor=actor, now=now)
    return True


def note_test(account: ProviderAccount, *, actor: User, now: datetime) -> None:
    """Remember that a test was taken by the provider."""
    account.tested_at = now
    account.save(update_fields=["tested_at"])
    _record(account, "tested", actor=actor, now=now)


def warm_up_begin(
    account: ProviderAccount, *, warms_up: bool, today: date
) -> date | None:
    """Return from when the account warms up: as before where it does already."""
    if not warms_up:
        return None
    return account.warms_up_from or today


def _give_up(account: ProviderAccount, *, actor: User, now: datetime) -> None:
    account.is_in_use, account.credentials = False, None
    account.save(update_fields=["is_in_use", "credentials"])
    for kind in Alert.Kind:
        end_trouble(account, kind, now=now)
    _record(account, "removed", actor=actor, now=now)


def _locked(business: Business) -> Business:
    """Hold the house, so that two people do not change its channels at once."""
    return Business.objects.select_for_update(no_key=True).get(pk=business.pk)


def _record(
    account: ProviderAccount,
    action: str,
    *,
    actor: User,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    record_event(
        business=account.business,
        actor=actor,
        action=action,
        subject=account,
        fields=fields,
        now=now,
    )
