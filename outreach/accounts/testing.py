"""Send a test through an account, at once, and say in words what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from customers.models import Channel
from outreach.accounts.changing import note_test
from outreach.accounts.offers import offer_of
from outreach.models import Attempt, Message, ProviderAccount
from outreach.outcomes import Outcome
from outreach.sending.kept_routes import route_for
from outreach.sending.routes import CannotPrepare
from outreach.writing.layout import Block, Letter, as_html, as_text
from outreach.writing.rendering import sender_lines

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of a test: ``text`` for people, ``detail`` for whoever helps them."""

    __test__ = False

    tone: str
    text: str
    detail: str = ""


def send_test(
    account: ProviderAccount, *, to: str, language: str, actor: User, now: datetime
) -> TestResult:
    """Send a short test to ``to`` through ``account``, paused or not.

    It is no message of the outbox: nobody else gets it, and it is not tried again.
    """
    message = _message(account, to=to, language=language, now=now)
    route = route_for(account)
    try:
        outcome = route.deliver(route.prepare(message), before_end=_nothing)
    except CannotPrepare as problem:
        return result_of(account, Outcome(Kind.REJECTED, problem.reason), to)
    finally:
        route.close()
    if outcome.kind == Kind.ACCEPTED:
        note_test(account, actor=actor, now=now)
    return result_of(account, outcome, to)


def _message(
    account: ProviderAccount, *, to: str, language: str, now: datetime
) -> Message:
    """Return a test as the engine hands it over, which is not saved."""
    is_mail = account.channel == Channel.EMAIL
    with translation.override(language):
        letter = _letter(account, language)
        text, html = as_text(letter), as_html(letter) if is_mail else ""
    return Message(
        business=account.business,
        account=account,
        occasion="test",
        channel=account.channel,
        kind=Message.Kind.CRITICAL,
        to_address=to,
        language=language,
        schedule_zone=account.business.time_zone,
        send_at=now,
        is_letter=True,
        subject=letter.subject if is_mail else "",
        body_text=text if is_mail else letter.subject,
        body_html=html,
        frozen_at=now,
        created_at=now,
        updated_at=now,
    )


def _letter(account: ProviderAccount, language: str) -> Letter:
    house = account.business.name
    return Letter(
        language=language,
        subject=_("A test from %(house)s") % {"house": house},
        preview=_("It arrived."),
        blocks=[
            Block("heading", _("It arrived.")),
            Block(
                "text",
                _("Messages of %(house)s to its guests leave this way.")
                % {"house": house},
            ),
        ],
        house=house,
        sender_lines=sender_lines(account.business),
        why=_("You get this because you asked for a test."),
        is_list=False,
        is_to_guest=False,
    )


def _nothing() -> None:
    return None


# What the trouble is, where a provider's refusal is about the account.
_ABOUT_ACCOUNT: dict[str, str | Promise] = {
    Pause.LOGIN: gettext_lazy(
        "The provider does not accept the login. Look at the name and password, and "
        "whether they may send."
    ),
    Pause.EMPTY: gettext_lazy(
        "The account with the provider is empty or closed. See to it there."
    ),
    Pause.SENDER: gettext_lazy(
        "The provider does not take this sender. Choose one that it knows."
    ),
}

_WORDS: dict[str, tuple[str, str | Promise]] = {
    Kind.ACCEPTED: (
        "leaf",
        gettext_lazy("The provider took the test for %(to)s. See whether it arrives."),
    ),
    Kind.REJECTED: (
        "brick",
        gettext_lazy(
            "The provider refused the test for %(to)s. Look at the sender first: "
            "providers take only senders that they know."
        ),
    ),
    Kind.THROTTLED: (
        "brass",
        gettext_lazy("The provider asks us to come back later. Try again in a while."),
    ),
    Kind.NOT_SENT: (
        "brick",
        gettext_lazy("We did not reach the provider. Look at the name of the server."),
    ),
    Kind.UNKNOWN: (
        "brass",
        gettext_lazy(
            "The provider gave no clear answer. The test for %(to)s may arrive or not."
        ),
    ),
}


# The same for a provider whose server nobody types.
_NOT_REACHED = gettext_lazy("We did not reach the provider. Try again in a while.")


def result_of(account: ProviderAccount, outcome: Outcome, to: str) -> TestResult:
    tone, words = _WORDS[outcome.kind]
    is_server_typed = any(one.is_host for one in offer_of(account).asks_for)
    if outcome.kind == Kind.NOT_SENT and not is_server_typed:
        words = _NOT_REACHED
    if outcome.pause in _ABOUT_ACCOUNT:
        return TestResult("brick", str(_ABOUT_ACCOUNT[outcome.pause]), outcome.detail)
    detail = "" if outcome.kind == Kind.ACCEPTED else outcome.detail
    return TestResult(tone, str(words) % {"to": to}, detail)
