import pytest

from outreach.email.return_addresses import (
    Return,
    read_return_address,
    return_address,
)
from tests.factories import make_guest
from tests.outreach.builders import make_message


@pytest.fixture
def message(casa_alba):
    return make_message(make_guest(casa_alba))


@pytest.mark.parametrize("kind", Return)
def test_an_address_leads_back_to_its_message(message, kind):
    address = return_address(kind, message, domain="svar.solvik.example")

    assert read_return_address(address) == (kind, message.uuid)
    assert read_return_address(f" <{address.upper()}> ") == (kind, message.uuid)
    assert len(address.partition("@")[0]) <= 64


def test_an_address_for_one_thing_is_not_one_for_another(message):
    address = return_address(Return.REPLY, message, domain="svar.solvik.example")

    assert read_return_address(address.replace("reply+", "unsubscribe+")) is None


@pytest.mark.parametrize(
    "address",
    ["", "@", "post@solvik.example", "bounce+@a.example", "bounce+æ@a.example",
     "bounce+aaaa@a.example", "bounce", f"reply+{'a' * 42}@a.example"],
)  # fmt: skip
def test_any_other_address_leads_nowhere(db, address):
    assert read_return_address(address) is None
