import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.encryption import CannotUnseal, reseal, seal, unseal


@given(st.text(st.characters(codec="utf-8")))
def test_words_come_back_as_they_were(words):
    assert unseal(seal(words)) == words


def test_sealed_words_cannot_be_read_and_differ_each_time():
    first, second = seal("no nuts"), seal("no nuts")

    assert b"nuts" not in first
    assert first != second


def test_the_first_key_seals_and_each_key_opens(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    sealed = seal("no nuts")

    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]

    assert unseal(sealed) == "no nuts"
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_words_move_under_the_first_key_once(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    sealed = seal("no nuts")
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]

    moved = reseal(sealed)

    assert reseal(moved) is None
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    assert unseal(moved) == "no nuts"
    with pytest.raises(CannotUnseal):
        reseal(sealed)


@pytest.mark.parametrize(
    "damaged",
    [b"", b"sealed", b"\x00\xff", seal("x")[:-2]],
    ids=["nothing", "no seal", "no letters", "cut off"],
)
def test_what_is_damaged_is_an_error_that_repeats_nothing(damaged):
    with pytest.raises(CannotUnseal) as problem:
        unseal(damaged)

    assert str(problem.value) == ""
    assert problem.value.__cause__ is None
