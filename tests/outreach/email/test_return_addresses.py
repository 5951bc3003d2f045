from uuid import UUID

import pytest

from outreach.email.return_addresses import (
    ReturnAddress,
    ReturnKind,
    read_return_address,
    return_address,
)

MESSAGE = UUID("0190d7c2-0000-7000-8000-000000000001")


@pytest.mark.parametrize("kind", ReturnKind)
def test_an_address_leads_back_to_its_message(kind):
    address = return_address(kind, MESSAGE, domain="svar.solvik.example")

    assert read_return_address(address) == ReturnAddress(
        kind, MESSAGE, "svar.solvik.example"
    )


@pytest.mark.parametrize("kind", ReturnKind)
def test_an_address_is_the_same_each_time_and_short_enough(kind):
    first, second = (return_address(kind, MESSAGE, domain="a.example") for _ in "ab")

    assert first == second
    assert len(first.partition("@")[0]) <= 64


def test_another_case_and_a_name_do_no_harm():
    address = return_address(ReturnKind.REPLY, MESSAGE, domain="svar.solvik.example")

    found = read_return_address(f'"Hotel Solvik" <{address.upper()}>')

    assert found == ReturnAddress(ReturnKind.REPLY, MESSAGE, "svar.solvik.example")


def test_an_address_to_answer_cannot_be_made_one_of_returned_mail():
    address = return_address(ReturnKind.REPLY, MESSAGE, domain="svar.solvik.example")

    assert read_return_address(address.replace("reply+", "bounce+")) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reply@solvik.example",
        "reply+@solvik.example",
        "reply+abc@solvik.example",
        "reply+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@solvik.example",
        "reply+ååå@solvik.example",
        "post+abc@solvik.example",
        "@",
        "reply+" + "a" * 10_000,
        "<<>>",
    ],
)
def test_what_is_none_of_ours_is_nothing(address):
    assert read_return_address(address) is None
