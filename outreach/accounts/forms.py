"""What is asked of an owner who sets up how messages leave."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.phones import InvalidPhone, normalize_phone
from crm.core.public_hosts import HostIsNotPublic, HostIsUnknown, public_addresses
from customers.models import Channel
from outreach.accounts.asking import Credential
from outreach.accounts.offers import Offer
from outreach.email.providers import SMTP
from outreach.models import ProviderAccount
from outreach.sms.senders import InvalidSender, read_sender

_ANY_PORT = 443
_MOST_LETTERS = 500
_is_domain = DomainNameValidator(
    message=_("This is not a domain. Write it like svar.solvik.no.")
)


class AccountForm(forms.ModelForm):
    """The login at the provider, who the sender is, and where answers come in.

    ``known`` are the credentials that are kept; a secret among them is never shown, and
    left empty it stays. ``credentials`` are all of them after the form.
    """

    class Meta:
        model = ProviderAccount
        fields = ("sender", "sender_name", "inbound_domain", "resends_critical")
        labels = {
            "resends_critical": _("Send important messages once more when in doubt")
        }
        help_texts = {
            "resends_critical": _(
                "When the provider never said whether it took one about a visit. The "
                "guest may have it twice, rather than not at all."
            )
        }

    def __init__(
        self,
        *args: Any,
        offer: Offer,
        known: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer, self.known = offer, dict(known or {})
        asked = {_field(one.name): self._asking(one) for one in offer.asks_for}
        self.fields = asked | self.fields
        if offer.channel == Channel.EMAIL:
            self._ask_for_mail()
        else:
            self._ask_for_sms()

    @property
    def login_fields(self) -> list[forms.BoundField]:
        return [
            self[_field(one.name)]
            for one in self.offer.asks_for
            if not _is_of_mailbox(one.name)
        ]

    @property
    def mailbox_fields(self) -> list[forms.BoundField]:
        """Return what is asked about a mailbox that returned mails come to."""
        return [
            self[_field(one.name)]
            for one in self.offer.asks_for
            if _is_of_mailbox(one.name)
        ]

    @property
    def has_mailbox(self) -> bool:
        return bool(self.known.get("imap_host")) or any(
            field.errors for field in self.mailbox_fields
        )

    @property
    def sender_fields(self) -> list[forms.BoundField]:
        names = ("sender", "sender_name", "inbound_domain", "resends_critical")
        return [self[name] for name in names if name in self.fields]

    @property
    def credentials(self) -> dict[str, str]:
        typed = {
            one.name: self.cleaned_data[_field(one.name)] for one in self.offer.asks_for
        }
        kept = {
            one.name: self.known[one.name]
            for one in self.offer.asks_for
            if one.is_secret and not typed[one.name] and one.name in self.known
        }
        has_mailbox = bool(typed.get("imap_host"))
        return {
            name: value
            for name, value in (typed | kept).items()
            if value and (has_mailbox or not _is_of_mailbox(name))
        }

    @property
    def changed_columns(self) -> list[str]:
        """Return the columns that the form changes, the credentials apart."""
        return [
            name
            for name in self._meta.fields or ()
            if name in self.fields and self.cleaned_data[name] != self.initial[name]
        ]

    def _asking(self, one: Credential) -> forms.Field:
        is_kept = one.is_secret and one.name in self.known
        options: dict[str, Any] = {
            "label": one.label,
            "help_text": _("It is kept. Leave this empty and it stays.")
            if is_kept
            else one.help,
            "required": one.is_required and not is_kept,
            "initial": "" if one.is_secret else self.known.get(one.name, one.default),
        }
        if one.choices:
            first = [] if one.is_required else [("", "–")]
            return forms.ChoiceField(choices=[*first, *one.options], **options)
        return forms.CharField(
            max_length=_MOST_LETTERS, widget=_widget(one.is_secret), **options
        )

    def _ask_for_mail(self) -> None:
        fields = self.fields
        if self.offer.has_own_sender:
            fields["sender"].required = True
            fields["sender"].label = _("Sender’s address")
            fields["sender"].help_text = _(
                "What guests see as From. It must be on a domain of yours."
            )
            fields["sender"].widget = forms.EmailInput()
        else:
            del fields["sender"]
        fields["sender_name"].help_text = _("The house’s name when left empty.")
        fields["inbound_domain"].help_text = _(
            "A domain whose mail comes to us, such as svar.solvik.no. Then answers and "
            "returned mails are found here by themselves."
        )

    def _ask_for_sms(self) -> None:
        fields = self.fields
        for name in ("sender_name", "inbound_domain"):
            del fields[name]
        fields["sender"].required = True
        fields["sender"].help_text = _(
            "A name of at most 11 letters, or a number that guests can answer to."
        )

    def clean_sender(self) -> str:
        sender: str = self.cleaned_data["sender"]
        try:
            if self.offer.channel == Channel.SMS:
                country = self.instance.business.country
                return read_sender(sender, country=country).text
            return normalize_email(sender)
        except (InvalidEmail, InvalidSender) as error:
            raise ValidationError(str(error)) from error

    def clean_inbound_domain(self) -> str:
        domain: str = self.cleaned_data["inbound_domain"].strip().lower().strip("@.")
        if domain:
            _is_domain(domain)
        return domain

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = {
            one.name: cleaned.get(_field(one.name)) or "" for one in self.offer.asks_for
        }
        for one in self.offer.asks_for:
            if one.is_host and typed[one.name]:
                typed[one.name] = cleaned[_field(one.name)] = _tidied(
                    one.name, typed[one.name]
                )
                self._check_host(one, typed[one.name])
            if one.name.endswith("port") and not _is_port(typed[one.name] or "1"):
                self._complain(one, _("A port is a number, such as 587."))
            if one.is_secret and not typed[one.name]:
                self._check_missing_secret(one, typed)
            if one.is_secret and not self._may_be_key(typed[one.name]):
                self._complain(one, _("This is no key. Copy it from the provider."))
        return cleaned

    def _may_be_key(self, typed: str) -> bool:
        """Return whether ``typed`` can travel with a request; a mailbox takes any."""
        return self.offer.name == SMTP or (typed.isascii() and typed.isprintable())

    def _complain(self, one: Credential, words: str | Promise) -> None:
        self.add_error(_field(one.name), str(words))

    def _check_host(self, one: Credential, typed: str) -> None:
        try:
            public_addresses(_host_in(typed), _ANY_PORT)
        except (HostIsNotPublic, HostIsUnknown) as error:
            self._complain(one, str(error))

    def _check_missing_secret(self, one: Credential, typed: Mapping[str, str]) -> None:
        """Tell no kept secret to another server, and read no mailbox without one."""
        is_of_mailbox = _is_of_mailbox(one.name)
        hosts = [
            other.name
            for other in self.offer.asks_for
            if other.is_host and _is_of_mailbox(other.name) == is_of_mailbox
        ]
        is_kept = one.name in self.known
        if is_kept and any(typed[host] != self.known.get(host, "") for host in hosts):
            self._complain(one, _("The server is another one: type this once more."))
        elif is_of_mailbox and not is_kept and any(typed[host] for host in hosts):
            self._complain(one, _("A mailbox is read with its password."))


class OpenAccountForm(AccountForm):
    """The same for a new account, which may begin slowly."""

    warms_up = forms.BooleanField(
        label=_("Begin slowly"),
        help_text=_(
            "50 mails on the first day, twice as many every third day. A new sender that "
            "writes to thousands at once is taken for a spammer."
        ),
        required=False,
        initial=True,
    )

    def _ask_for_mail(self) -> None:
        super()._ask_for_mail()
        if not self.offer.has_own_sender:
            del self.fields["warms_up"]

    def _ask_for_sms(self) -> None:
        super()._ask_for_sms()
        del self.fields["warms_up"]

    @property
    def sender_fields(self) -> list[forms.BoundField]:
        more = [self["warms_up"]] if "warms_up" in self.fields else []
        return [*super().sender_fields, *more]


class PaceForm(forms.ModelForm):
    warms_up = forms.BooleanField(
        label=_("Begin slowly"),
        help_text=OpenAccountForm.base_fields["warms_up"].help_text,
        required=False,
    )

    class Meta:
        model = ProviderAccount
        fields = ("rate_per_minute", "daily_cap")
        help_texts = {
            "rate_per_minute": _("As many as the provider allows."),
            "daily_cap": _("Empty for any number. Messages about a visit go anyway."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.channel == Channel.SMS:
            del self.fields["warms_up"]


class TestForm(forms.Form):
    """To which phone a test goes."""

    __test__ = False

    to = forms.CharField(
        label=_("To this phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_to(self) -> str:
        try:
            return normalize_phone(self.cleaned_data["to"], country=self.country)
        except InvalidPhone as error:
            raise ValidationError(str(error)) from error


def _field(name: str) -> str:
    return f"login-{name}"


def _is_of_mailbox(name: str) -> bool:
    return name.startswith("imap_")


def _widget(is_secret: bool) -> forms.Widget:
    quiet = {"autocomplete": "off", "spellcheck": "false"}
    if is_secret:
        return forms.PasswordInput(attrs={**quiet, "autocomplete": "new-password"})
    return forms.TextInput(attrs=quiet)


def _is_port(typed: str) -> bool:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 5
    return is_number and 0 < int(typed) < 65_536


def _tidied(name: str, typed: str) -> str:
    """Return the name of a server, or its address where that is what is asked for."""
    if name.endswith("url"):
        return typed if "://" in typed else f"https://{typed}"
    return _host_in(typed)


def _host_in(typed: str) -> str:
    """Return the name of the server in what may be its whole address."""
    without_scheme = typed.partition("://")[2] or typed
    return without_scheme.partition("/")[0].partition(":")[0]
