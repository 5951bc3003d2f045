from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from crm.core.rate_limits import caller_of, is_within
from tests.factories import NOW

HOUR = timedelta(hours=1)


def ask(who="nora", *, what="sign_up", limit=2, now=NOW):
    return is_within(what, who, limit=limit, per=HOUR, now=now)


@pytest.mark.django_db
def test_so_many_are_let_through_and_no_more():
    assert [ask(), ask(), ask(), ask()] == [True, True, False, False]


@pytest.mark.django_db
def test_everybody_is_counted_by_themselves_and_each_thing_too():
    ask(), ask()

    assert (ask("otto"), ask(what="other"), ask()) == (True, True, False)


@pytest.mark.django_db
def test_the_next_hour_begins_anew():
    ask(), ask()

    assert (ask(), ask(now=NOW + HOUR)) == (False, True)


@pytest.mark.django_db
def test_who_it_was_is_not_kept(monkeypatch):
    keys = []
    monkeypatch.setattr(cache, "set", lambda key, *_args, **_kwargs: keys.append(key))

    ask("nora@post.no")

    assert ["nora" in key for key in keys] == [False]


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_a_household_is_one_caller(address, caller):
    assert caller_of(RequestFactory().get("/", REMOTE_ADDR=address)) == caller


@pytest.mark.parametrize(
    ("trusts", "caller"), [(True, "192.0.2.9"), (False, "192.0.2.1")]
)
def test_only_what_our_own_proxy_saw_counts(settings, trusts, caller):
    settings.TRUST_PROXY = trusts
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.9"}
    )

    assert caller_of(request) == caller
