"""The mail providers there are: what each asks for, and what it is able to do.

Names are those of Anymail's backends, so that what Anymail knows about one is found by
its name. A plain mail server is one of them; the installation's own is not, as nobody
enters anything for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.accounts.asking import Credential

SMTP, SES = "smtp", "amazon_ses"

STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"


class CredentialsMissing(Exception):
    """The account lacks something its provider cannot do without."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. ``backend`` is Anymail's; empty for a plain mail server.

    ``receives_with`` names the credentials that are only about what the provider calls
    us with. ``regions`` are the addresses of its API by the credential ``region``.
    ``replays_for`` is how long the same message with the same key is taken once only.
    ``leaves_out`` are headers of ours it refuses, or sets itself.
    """

    name: str
    title: str
    asks_for: tuple[Credential, ...]
    backend: str = ""
    receives_with: frozenset[str] = frozenset()
    regions: Mapping[str, str] = field(default_factory=dict)
    replays_for: timedelta | None = None
    carries_metadata: bool = True
    switches_tracking_off: bool = True
    leaves_out: frozenset[str] = frozenset({"message-id"})
    needs_module: str = ""
    note: str | Promise = ""

    @property
    def is_available(self) -> bool:
        """Return whether everything it needs is installed here."""
        return not self.needs_module or find_spec(self.needs_module) is not None

    @property
    def is_named_by_business(self) -> bool:
        """Return whether the business says which server is asked to send."""
        named = {asked.name for asked in self.asks_for if asked.is_host}
        return not named <= self.receives_with

    def options(self, credentials: Mapping[str, str]) -> dict[str, Any]:
        """Return what Anymail's backend is made with. Raise CredentialsMissing.

        Everything is given, also what is empty: Anymail would look in the settings of
        the installation for the rest.
        """
        options: dict[str, Any] = {}
        for asked in self.asks_for:
            if asked.name in self.receives_with or asked.name == "region":
                continue
            value = credentials.get(asked.name, "")
            if not value and asked.is_required:
                raise CredentialsMissing(asked.name)
            options[asked.name] = value or None
        if self.name == SES:
            return _for_amazon(options)
        if api_url := self.regions.get(credentials.get("region", "")):
            options["api_url"] = api_url
        return options


def _for_amazon(options: dict[str, Any]) -> dict[str, Any]:
    # How long it may take, and that nothing is tried twice, stands in the settings.
    configuration_set = options.pop("configuration_set_name")
    return {"session_params": options, "configuration_set_name": configuration_set}


def _key(name: str, label: str | Promise, **more: Any) -> Credential:
    return Credential(name, label, is_secret=True, **more)


def _anymail(name: str) -> str:
    return f"anymail.backends.{name}.EmailBackend"


def _region(*choices: tuple[str, str | Promise]) -> Credential:
    return Credential(
        "region",
        _("Region"),
        choices=tuple(value for value, _words in choices),
        words=tuple(words for _value, words in choices),
        default=choices[0][0],
    )


_EU, _US = ("eu", "EU"), ("us", "US")
_API_KEY = _key("api_key", _("API key"))
_WEBHOOK_KEY = _key(
    "webhook_key",
    _("Key that webhooks are signed with"),
    is_required=False,
)
_SIGNING_SECRET = _key(
    "signing_secret", _("Secret that webhooks are signed with"), is_required=False
)

_SMTP_CREDENTIALS = (
    Credential("host", _("Server"), is_host=True),
    Credential("port", _("Port"), default="587"),
    Credential(
        "security",
        _("Encryption"),
        choices=(STARTTLS, TLS, PLAIN),
        words=("STARTTLS", "TLS", _("none, only inside your own network")),
        default=STARTTLS,
    ),
    Credential("user", _("Username"), is_required=False),
    _key("password", _("Password"), is_required=False),
)

# Where returned mails and answers come in, where the provider does not hand them over
# itself. See outreach/events/mailboxes.py.
_MAILBOX = (
    Credential(
        "imap_host",
        _("Mailbox for returned mails: server (IMAP)"),
        is_required=False,
        is_host=True,
    ),
    Credential("imap_port", _("Mailbox: port"), is_required=False, default="993"),
    Credential(
        "imap_security",
        _("Mailbox: encryption"),
        is_required=False,
        choices=(TLS, PLAIN),
        words=("TLS", _("none, only inside your own network")),
        default=TLS,
    ),
    Credential("imap_user", _("Mailbox: username"), is_required=False),
    _key("imap_password", _("Mailbox: password"), is_required=False),
)
_OF_MAILBOX = frozenset(credential.name for credential in _MAILBOX)

_ALL = (
    Provider(
        SMTP,
        "SMTP",
        (*_SMTP_CREDENTIALS, *_MAILBOX),
        receives_with=_OF_MAILBOX,
        leaves_out=frozenset(),
    ),
    Provider(
        "brevo",
        "Brevo",
        (_API_KEY,),
        _anymail("brevo"),
        # Its pages name 15 and 30 minutes.
        replays_for=timedelta(minutes=10),
        switches_tracking_off=False,
    ),
    Provider(
        "mailersend",
        "MailerSend",
        (
            _key("api_token", _("API token")),
            _SIGNING_SECRET,
            _key(
                "inbound_secret",
                _("Secret that inbound mail is signed with"),
                is_required=False,
            ),
        ),
        _anymail("mailersend"),
        receives_with=frozenset({"signing_secret", "inbound_secret"}),
        carries_metadata=False,
        note=_("Needs a plan with headers of your own, for unsubscribing."),
    ),
    Provider(
        "mailgun",
        "Mailgun",
        (
            _API_KEY,
            Credential("sender_domain", _("Domain at the provider"), is_required=False),
            _region(_EU, _US),
            _key(
                "webhook_signing_key",
                _("Key that webhooks are signed with"),
                is_required=False,
            ),
        ),
        _anymail("mailgun"),
        receives_with=frozenset({"webhook_signing_key"}),
        regions={
            "eu": "https://api.eu.mailgun.net/v3",
            "us": "https://api.mailgun.net/v3",
        },
        leaves_out=frozenset(),
    ),
    Provider(
        "mailjet",
        "Mailjet",
        (_API_KEY, _key("secret_key", _("Secret key"))),
        _anymail("mailjet"),
        leaves_out=frozenset({"message-id", "list-id"}),
    ),
    Provider(
        "mailtrap",
        "Mailtrap",
        (_key("api_token", _("API token")), _SIGNING_SECRET, *_MAILBOX),
        _anymail("mailtrap"),
        receives_with=frozenset({"signing_secret"}) | _OF_MAILBOX,
        switches_tracking_off=False,
    ),
    Provider(
        "mandrill",
        "Mandrill",
        (_API_KEY, _WEBHOOK_KEY),
        _anymail("mandrill"),
        receives_with=frozenset({"webhook_key"}),
    ),
    Provider(
        "postal",
        "Postal",
        (
            Credential("api_url", _("Address of the server"), is_host=True),
            _API_KEY,
            _WEBHOOK_KEY,
        ),
        _anymail("postal"),
        receives_with=frozenset({"webhook_key"}),
        carries_metadata=False,
        switches_tracking_off=False,
    ),
    Provider(
        "postmark",
        "Postmark",
        (
            _key("server_token", _("Server token")),
            Credential("message_stream", _("Message stream"), is_required=False),
        ),
        _anymail("postmark"),
    ),
    Provider(
        "resend",
        "Resend",
        (_API_KEY, _SIGNING_SECRET, *_MAILBOX),
        "outreach.email.resend.EmailBackend",
        receives_with=frozenset({"signing_secret"}) | _OF_MAILBOX,
        replays_for=timedelta(hours=24),
        switches_tracking_off=False,
    ),
    Provider(
        "scaleway",
        "Scaleway",
        (
            _key("secret_key", _("Secret key")),
            Credential("project_id", _("Project ID")),
        ),
        _anymail("scaleway"),
        switches_tracking_off=False,
    ),
    Provider(
        "sendgrid",
        "SendGrid",
        (
            _API_KEY,
            _region(("us", _("worldwide")), _EU),
            Credential(
                "tracking_webhook_verification_key",
                _("Key that webhooks are signed with"),
                is_required=False,
            ),
        ),
        _anymail("sendgrid"),
        receives_with=frozenset({"tracking_webhook_verification_key"}),
        regions={
            "us": "https://api.sendgrid.com/v3/",
            "eu": "https://api.eu.sendgrid.com/v3/",
        },
    ),
    Provider(
        "sparkpost",
        "SparkPost",
        (
            _API_KEY,
            _region(_EU, _US),
            Credential("subaccount", _("Subaccount"), is_required=False),
        ),
        _anymail("sparkpost"),
        regions={
            "eu": "https://api.eu.sparkpost.com/api/v1/",
            "us": "https://api.sparkpost.com/api/v1/",
        },
    ),
    Provider(
        "unisender_go",
        "Unisender Go",
        (_API_KEY, _region(("go1", "go1"), ("go2", "go2"))),
        _anymail("unisender_go"),
        regions={
            "go1": "https://go1.unisender.ru/en/transactional/api/v1/",
            "go2": "https://go2.unisender.ru/en/transactional/api/v1/",
        },
        # It takes only the headers it knows, and those that begin with X.
        leaves_out=frozenset(
            {"message-id", "auto-submitted", "feedback-id", "list-id", "precedence"}
        ),
    ),
    Provider(
        SES,
        "Amazon SES",
        (
            Credential("aws_access_key_id", _("Access key ID")),
            _key("aws_secret_access_key", _("Secret access key")),
            Credential("region_name", _("Region"), default="eu-north-1"),
            Credential(
                "configuration_set_name", _("Configuration set"), is_required=False
            ),
        ),
        _anymail("amazon_ses"),
        switches_tracking_off=False,
        needs_module="boto3",
    ),
)

PROVIDERS: Mapping[str, Provider] = {provider.name: provider for provider in _ALL}


def available_providers() -> list[Provider]:
    """Return the providers a business may choose, a plain mail server first."""
    return [provider for provider in _ALL if provider.is_available]


def provider_of_backend(path: str) -> Provider | None:
    """Return the provider behind a mail backend as settings name one, if any."""
    for provider in _ALL:
        if path in {provider.backend, _anymail(provider.name)} and provider.backend:
            return provider
    return None
