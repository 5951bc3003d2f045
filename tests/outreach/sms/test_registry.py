import pytest

from outreach.sms.registry import BACKENDS, UnknownProvider, backend_for
from tests.outreach.sms.providers import ACCOUNT, SECRET


@pytest.mark.parametrize("name", BACKENDS)
def test_every_provider_is_made_from_what_it_asks_for(name):
    asked = {
        wanted.name: wanted.choices[0] if wanted.choices else SECRET
        for wanted in BACKENDS[name].asks_for
    }

    backend = backend_for(name, account=ACCOUNT, credentials=asked)

    assert type(backend) is BACKENDS[name]
    assert SECRET not in repr(backend)


@pytest.mark.parametrize("name", BACKENDS)
def test_whatever_is_a_password_is_asked_for_as_one(name):
    hidden = {wanted.name for wanted in BACKENDS[name].asks_for if wanted.is_secret}

    told = {"password", "callback_password", "auth_token", "webhook_key", "token"} | {
        "webhook_secret"
    }
    assert hidden == told & {wanted.name for wanted in BACKENDS[name].asks_for}


def test_nobody_else_is_known():
    with pytest.raises(UnknownProvider):
        backend_for("carrier_pigeon", account=ACCOUNT, credentials={})
