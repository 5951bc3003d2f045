"""Which DNS records let a house's mail arrive, and which of them are there now.

Whoever receives mail looks up whether the servers may send for the domain (SPF), whether
a key of the domain signed it (DKIM), and what to do otherwise (DMARC). Answers and
returned mails need a place to come to (MX).
"""

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from dns.exception import DNSException
from dns.rdatatype import MX, TXT, RdataType
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from outreach.email.dns_records import RECORDS, ProviderRecords
from outreach.email.mail import sender_of
from outreach.models import ProviderAccount

_TOTAL_SECONDS = 6.0
_SECONDS_EACH = 2.0
_MOST_LETTERS = 400
_MOST_FOUND = 5


class State(StrEnum):
    """How a record stands. ``SHOWN`` is one that only the provider can name."""

    OK = "ok"
    MISSING = "missing"
    DIFFERS = "differs"
    SHOWN = "shown"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordAdvice:
    """One record: ``kind`` and ``name`` say where, ``value`` what to enter there.

    ``value`` is empty where the provider shows it. ``found`` is what is there now,
    ``words`` what that means.
    """

    purpose: str
    kind: str
    name: str
    value: str
    state: State
    words: str | Promise
    found: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        return self.state == State.OK


class CannotAsk(Exception):
    """The DNS did not answer, today at least."""


class Questions:
    """Asks the DNS, for so long altogether. Raise CannotAsk."""

    def __init__(
        self, resolver: Resolver | None = None, *, seconds: float = _TOTAL_SECONDS
    ) -> None:
        self._resolver = resolver
        self._until = time.monotonic() + seconds

    def texts(self, name: str) -> tuple[str, ...]:
        rows = self._ask(name, TXT)
        found = (b"".join(row.strings).decode("ascii", "replace") for row in rows)
        return tuple(text[:_MOST_LETTERS] for text in found)

    def servers(self, name: str) -> tuple[str, ...]:
        rows = sorted(self._ask(name, MX), key=lambda row: row.preference)
        return tuple(str(row.exchange).rstrip(".").lower() for row in rows)

    def _ask(self, name: str, kind: RdataType) -> list[Any]:
        seconds = min(self._until - time.monotonic(), _SECONDS_EACH)
        if seconds <= 0:
            raise CannotAsk
        try:
            resolver = self._resolver or Resolver()
            return list(resolver.resolve(name, kind, lifetime=seconds, search=False))
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError, ValueError) as error:
            raise CannotAsk from error


def dns_advice(
    account: ProviderAccount, *, questions: Questions | None = None
) -> list[RecordAdvice]:
    """Return each record that mail of ``account`` needs, and whether it is there.

    Takes seconds. Nothing for a sender without a domain.
    """
    questions = questions or Questions()
    records = RECORDS.get(account.provider, ProviderRecords())
    domain = sender_domain(account)
    advice = []
    if domain:
        advice = [
            _spf(domain, records, questions),
            *_keys(domain, records, questions),
            _dmarc(domain, questions),
        ]
    if account.inbound_domain:
        advice.append(_inbound(account.inbound_domain, records, questions))
    return advice


def sender_domain(account: ProviderAccount) -> str:
    """Return the domain that ``account`` writes from; empty where it has none."""
    domain = sender_of(account.business, account).address.rpartition("@")[2].lower()
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        return ""
    return domain if "." in domain else ""


# SPF


def _spf(domain: str, records: ProviderRecords, questions: Questions) -> RecordAdvice:
    name = f"{records.spf_under}.{domain}" if records.spf_under else domain
    include = f"include:{records.spf}" if records.spf else ""
    wanted = f"v=spf1 {include} ~all" if include else ""
    try:
        found = tuple(text for text in questions.texts(name) if _begins(text, "v=spf1"))
    except CannotAsk:
        return _unknown("SPF", "TXT", name, wanted)
    state, value, words = _judge_spf(found, include, wanted)
    return RecordAdvice("SPF", "TXT", name, value, state, words, found[:_MOST_FOUND])


def _judge_spf(
    found: tuple[str, ...], include: str, wanted: str
) -> tuple[State, str, str | Promise]:
    if len(found) > 1:
        words = _("There must be only one such record. Put them together in one.")
        return State.DIFFERS, _with_include(found[0], include), words
    if not include:
        return _judge_own_spf(found)
    if not found:
        return State.MISSING, wanted, _("Not there yet. Add it.")
    if include in found[0].lower().split():
        return State.OK, found[0], _("All is well.")
    words = _("It does not name this provider yet. Change it to this.")
    return State.DIFFERS, _with_include(found[0], include), words


def _judge_own_spf(found: tuple[str, ...]) -> tuple[State, str, str | Promise]:
    """Judge the record of a server that nobody but its keeper knows."""
    if found:
        words = _(
            "It is there. Whoever runs the mail server knows whether it is in it."
        )
        return State.SHOWN, found[0], words
    words = _("Not there yet. Whoever runs the mail server knows what to enter.")
    return State.MISSING, "", words


def _with_include(found: str, include: str) -> str:
    """Return ``found`` with the provider in it, before the word about all others."""
    words = [word for word in found.split() if word.lower() != include]
    place = next(
        (at for at, word in enumerate(words) if word.lower().lstrip("+-~?") == "all"),
        len(words),
    )
    return " ".join([*words[:place], *([include] if include else []), *words[place:]])


# DKIM


def _keys(
    domain: str, records: ProviderRecords, questions: Questions
) -> list[RecordAdvice]:
    if not records.keys:
        words = _("The provider shows the name and the value of its key.")
        name = f"*._domainkey.{domain}"
        return [RecordAdvice("DKIM", "TXT", name, "", State.SHOWN, words)]
    return [
        _key(f"{selector}._domainkey.{domain}", target, questions)
        for selector, target in records.keys
    ]


def _key(name: str, target: str, questions: Questions) -> RecordAdvice:
    kind = "CNAME" if target else "TXT"
    try:
        # What leads elsewhere is followed.
        found = questions.texts(name)
    except CannotAsk:
        return _unknown("DKIM", kind, name, target)
    if any(_has_key(text) for text in found):
        state, words = State.OK, _("All is well.")
    elif found:
        state, words = State.DIFFERS, _("There is something else, without a key.")
    elif target:
        state, words = State.MISSING, _("Not there yet. Add it.")
    else:
        state = State.MISSING
        words = _("Not there yet. The provider shows the value to enter.")
    return RecordAdvice("DKIM", kind, name, target, state, words, found[:_MOST_FOUND])


def _has_key(text: str) -> bool:
    tags = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    return bool(tags.get("p", "").strip())


# DMARC


def _dmarc(domain: str, questions: Questions) -> RecordAdvice:
    wanted = "v=DMARC1; p=none"
    name = f"_dmarc.{domain}"
    try:
        found = _dmarc_of(domain, questions)
    except CannotAsk:
        return _unknown("DMARC", "TXT", name, wanted)
    if not found:
        words: str | Promise = _("Not there yet. Add it.")
        return RecordAdvice("DMARC", "TXT", name, wanted, State.MISSING, words)
    if len(found) > 1:
        state, words = State.DIFFERS, _("There must be only one such record.")
    elif "p=" not in found[0].lower().replace(" ", ""):
        state, words = (
            State.DIFFERS,
            _("It does not say what to do. Change it to this."),
        )
    else:
        state, wanted, words = State.OK, found[0], _("All is well.")
    return RecordAdvice("DMARC", "TXT", name, wanted, state, words, found[:_MOST_FOUND])


def _dmarc_of(domain: str, questions: Questions) -> tuple[str, ...]:
    """Return the records of the domain, or of the nearest one above that has any."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        above = ".".join(labels[at:])
        texts = questions.texts(f"_dmarc.{above}")
        found = tuple(text for text in texts if _begins(text, "v=DMARC1"))
        if found:
            return found
    return ()


# Answers and returned mails


def _inbound(
    domain: str, records: ProviderRecords, questions: Questions
) -> RecordAdvice:
    wanted = records.inbound[0] if records.inbound else ""
    try:
        found = questions.servers(domain)
    except CannotAsk:
        return _unknown("MX", "MX", domain, wanted)
    if not found and wanted:
        state, words = State.MISSING, _("Not there yet. Add it.")
    elif not found:
        state = State.MISSING
        words = _("Not there yet. Whoever runs the mail server knows what to enter.")
    elif wanted and not set(found) & set(records.inbound):
        state, words = State.DIFFERS, _("Mail goes elsewhere. Change it to this.")
    elif wanted:
        state, words = State.OK, _("All is well.")
    else:
        state, words = State.OK, _("Mail to this domain has a server.")
    return RecordAdvice("MX", "MX", domain, wanted, state, words, found[:_MOST_FOUND])


def _unknown(purpose: str, kind: str, name: str, value: str) -> RecordAdvice:
    words = _("We could not look it up just now.")
    return RecordAdvice(purpose, kind, name, value, State.UNKNOWN, words)


def _begins(text: str, version: str) -> bool:
    first = text.split(";")[0].split(maxsplit=1)[:1]
    return bool(first) and first[0].lower() == version.lower()
