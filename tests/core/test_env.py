import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.core.env import env_bool, env_int, env_list, env_text, env_url


def test_a_secret_may_be_handed_over_as_a_file(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))

    assert env_text("SECRET_KEY") == "s3cret"


def test_a_secret_file_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/at/all")

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE cannot be read"):
        env_text("SECRET_KEY")


@pytest.mark.parametrize(
    ("value", "meant"), [("yes", True), ("1", True), ("Off", False), ("", True)]
)
def test_yes_and_no_in_the_usual_words(monkeypatch, value, meant):
    monkeypatch.setenv("DEBUG", value)

    assert env_bool("DEBUG", default=True) is meant


def test_any_other_word_is_refused(monkeypatch):
    monkeypatch.setenv("DEBUG", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="DEBUG must be yes or no"):
        env_bool("DEBUG", default=False)


@pytest.mark.parametrize("value", ["-1", "24", "noon", "1.5"])
def test_numbers_outside_the_bounds_are_refused(monkeypatch, value):
    monkeypatch.setenv("HOUR", value)

    with pytest.raises(ImproperlyConfigured, match="from 0 to 23"):
        env_int("HOUR", default=8, low=0, high=23)


def test_lists_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,,")

    assert env_list("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_url_of_the_wrong_kind_is_refused_without_repeating_its_password(
    monkeypatch,
):
    monkeypatch.setenv("DATABASE_URL", "mysql://crm:s3cret@db/crm")

    with pytest.raises(ImproperlyConfigured) as caught:
        env_url("DATABASE_URL", default="", schemes=["postgres", "postgresql"])

    assert "postgres:// or postgresql://" in str(caught.value)
    assert "s3cret" not in str(caught.value)
