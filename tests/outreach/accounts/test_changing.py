from threading import Barrier, Thread

import pytest
from django.db import connection

from outreach.accounts.changing import amend_account, give_up_account, open_account
from outreach.accounts.credentials import credentials_of
from outreach.models import ProviderAccount
from tests.factories import NOW
from tests.outreach.sms.builders import make_sms_account


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_choose_at_once_end_with_one_account(casa_alba, alba):
    together = Barrier(2)
    problems = []

    def choose(provider):
        account = ProviderAccount(
            business=casa_alba, channel="sms", provider=provider, sender="Solvik"
        )
        together.wait()
        try:
            open_account(account, {"user": provider}, actor=alba, now=NOW)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=choose, args=[name]) for name in ("elks46", "twilio")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    accounts = casa_alba.provider_accounts.filter(channel="sms")
    assert problems == []
    assert sorted(accounts.values_list("is_in_use", flat=True)) == [False, True]
    given_up = accounts.get(is_in_use=False)
    assert given_up.credentials is None


def test_what_was_given_up_meanwhile_is_not_changed(casa_alba, alba):
    account = make_sms_account(casa_alba, credentials={"user": "old"})
    give_up_account(ProviderAccount.objects.get(pk=account.pk), actor=alba, now=NOW)

    account.sender = "Other"
    is_kept = amend_account(
        account, {"user": "new"}, changed=["sender"], actor=alba, now=NOW
    )

    account.refresh_from_db()
    assert is_kept is False
    assert (account.sender, credentials_of(account)) == ("Solvik", {})


def test_giving_up_twice_is_once(casa_alba, alba):
    account = make_sms_account(casa_alba)

    answers = [give_up_account(account, actor=alba, now=NOW) for _time in range(2)]

    assert answers == [True, False]
