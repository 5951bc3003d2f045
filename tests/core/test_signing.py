from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.signing import address_hash, public_token, read_public_token

UUID_OF_NORA = UUID("0195f5a0-0000-7000-8000-00000000cafe")


def test_a_token_leads_back_to_its_row_and_is_always_the_same():
    token = public_token("survey", UUID_OF_NORA)

    assert read_public_token("survey", token) == UUID_OF_NORA
    assert public_token("survey", UUID_OF_NORA) == token


def test_a_token_opens_one_kind_of_page_only():
    token = public_token("survey", UUID_OF_NORA)

    assert read_public_token("unsubscribe", token) is None


@pytest.mark.parametrize("position", range(0, 35, 3))
def test_a_changed_letter_makes_it_nobodys(position):
    token = public_token("survey", UUID_OF_NORA)
    other = "A" if token[position] != "A" else "B"

    tampered = token[:position] + other + token[position + 1 :]

    assert read_public_token("survey", tampered) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text):
    assert read_public_token("survey", text) is None


def test_an_old_key_still_reads_and_a_removed_one_does_not(settings):
    settings.LINK_KEYS = ["old"]
    token = public_token("survey", UUID_OF_NORA)

    settings.LINK_KEYS = ["new", "old"]
    assert read_public_token("survey", token) == UUID_OF_NORA

    settings.LINK_KEYS = ["new"]
    assert read_public_token("survey", token) is None


def test_fingerprints_differ_by_channel_and_key(settings):
    mail = address_hash("email", "nora@example.no")

    assert address_hash("sms", "nora@example.no") != mail
    settings.ADDRESS_HASH_KEY = f"{uuid4()}"
    assert address_hash("email", "nora@example.no") != mail
