from pathlib import Path

import anymail.backends
import pytest
from django.conf import settings as installation
from django.core.mail import get_connection

from outreach.email.providers import (
    PROVIDERS,
    SES,
    SMTP,
    CredentialsMissing,
    available_providers,
    provider_of_backend,
)

BY_ANYMAIL = [one for one in PROVIDERS.values() if one.backend and one.name != SES]

# Not providers: bases, a look at what would be sent, an old name of Brevo's.
_NO_PROVIDERS = {"__init__", "base", "base_requests", "console", "sendinblue", "test"}


def credentials_for(provider):
    return {
        asked.name: "https://mail.example" if asked.is_host else f"a {asked.name}"
        for asked in provider.asks_for
        if asked.name != "region"
    }


def test_every_backend_of_anymail_is_a_provider():
    folder = Path(anymail.backends.__file__).parent
    backends = {path.stem for path in folder.glob("*.py")} - _NO_PROVIDERS

    assert {one.name for one in PROVIDERS.values() if one.backend} == backends


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
@pytest.mark.parametrize("provider", BY_ANYMAIL, ids=lambda one: one.name)
def test_a_backend_is_made_with_the_credentials_of_the_account(provider):
    credentials = credentials_for(provider) | {
        "region": next(iter(provider.regions), "")
    }

    backend = get_connection(provider.backend, **provider.options(credentials))

    for name, value in credentials.items():
        if name not in provider.receives_with | {"region", "api_url", "project_id"}:
            assert getattr(backend, name) == value
    if provider.regions:
        region = provider.regions[credentials["region"]]
        assert backend.api_url.rstrip("/") == region.rstrip("/")


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
@pytest.mark.parametrize("provider", BY_ANYMAIL, ids=lambda one: one.name)
def test_nobody_sends_with_the_key_of_the_installation(provider, settings):
    esp = provider.name.upper()
    required = [
        one for one in provider.asks_for if one.is_required and one.name != "region"
    ]
    settings.ANYMAIL = {f"{esp}_{one.name.upper()}": "not yours" for one in required}

    with pytest.raises(CredentialsMissing):
        provider.options({})


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda one: one.name)
def test_whatever_is_called_a_key_is_never_shown_again(provider):
    shown = {one.name for one in provider.asks_for if not one.is_secret}

    assert shown <= {
        "api_url", "aws_access_key_id", "configuration_set_name", "host",
        "imap_host", "imap_port", "imap_security", "imap_user",
        "message_stream", "port", "project_id", "region", "region_name", "security",
        "sender_domain", "subaccount", "tracking_webhook_verification_key", "user",
    }  # fmt: skip


def test_servers_that_a_business_names_are_marked_as_such():
    hosts = {
        (one.name, asked.name)
        for one in PROVIDERS.values()
        for asked in one.asks_for
        if asked.is_host
    }

    assert hosts == {
        ("smtp", "host"),
        ("postal", "api_url"),
        ("smtp", "imap_host"),
        ("mailtrap", "imap_host"),
        ("resend", "imap_host"),
    }


def test_what_is_not_installed_is_not_offered():
    names = [one.name for one in available_providers()]

    assert names[0] == SMTP
    assert SES not in names


def test_amazon_is_asked_once_and_never_for_long():
    credentials = {
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": "s",
        "region_name": "eu-north-1",
        "configuration_set_name": "house",
    }

    assert PROVIDERS[SES].options(credentials) == {
        "session_params": {
            "aws_access_key_id": "AKIA",
            "aws_secret_access_key": "s",
            "region_name": "eu-north-1",
        },
        "configuration_set_name": "house",
    }
    assert installation.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"]["config"] == {
        "connect_timeout": 5,
        "read_timeout": 20,
        "retries": {"total_max_attempts": 1},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("anymail.backends.brevo.EmailBackend", "brevo"),
        ("anymail.backends.resend.EmailBackend", "resend"),
        ("outreach.email.resend.EmailBackend", "resend"),
    ],
)
def test_the_backend_of_the_settings_is_known_by_its_path(path, name):
    assert provider_of_backend(path).name == name


@pytest.mark.parametrize("path", ["outreach.email.smtp.EmailBackend", "", "anymail"])
def test_other_backends_are_no_provider(path):
    assert provider_of_backend(path) is None
