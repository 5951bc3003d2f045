"""How an account stands today, in words for the house."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.clock import local_date
from outreach.accounts.offers import Offer, offer_of
from outreach.accounts.pacing import (
    DOUBLES_EVERY_DAYS,
    cap_on,
    is_warming_up,
    sent_on,
    warm_until,
)
from outreach.models import ProviderAccount

Pause = ProviderAccount.Pause

# What to do about it, where the reason alone does not say.
_WAYS_OUT: dict[str, str | Promise] = {
    Pause.LOGIN: _("Look at the login, send a test, then let it go on."),
    Pause.EMPTY: _("See to the account at the provider, then let it go on."),
    Pause.SENDER: _("Choose a sender that it knows, then let it go on."),
    Pause.BOUNCES: _("Look at where the addresses come from before it goes on."),
    Pause.COMPLAINTS: _("Write less, or to fewer, before it goes on."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """``account`` as it stands on ``today``, the house's own date."""

    account: ProviderAccount
    offer: Offer
    today: date

    @property
    def sent_today(self) -> int:
        return sent_on(self.account, self.today)

    @property
    def cap(self) -> int | None:
        """Return how many may go today; None for any number."""
        return cap_on(self.account, self.today)

    @property
    def is_full(self) -> bool:
        return self.cap is not None and self.sent_today >= self.cap

    @property
    def is_warming_up(self) -> bool:
        return is_warming_up(self.account, self.today)

    @property
    def warm_on(self) -> date | None:
        return warm_until(self.account)

    @property
    def doubles_every_days(self) -> int:
        return DOUBLES_EVERY_DAYS

    @property
    def state(self) -> tuple[str, str, str | Promise]:
        """Return the tone, the icon and the word of its badge."""
        if self.account.is_paused:
            return (
                ("brick" if self.account.pauses_all else "brass"),
                "pause",
                _("Paused"),
            )
        if self.is_full:
            return "brass", "clock", _("Enough for today")
        if self.account.tested_at is None and self.offer.asks_for:
            return "brass", "help", _("Not tried yet")
        if self.is_warming_up:
            return "fjord", "trend", _("Warming up")
        return "leaf", "check", _("Sending")

    @property
    def trouble(self) -> list[str | Promise]:
        """Return why it is paused, what that means and what to do; empty when it runs."""
        if not self.account.is_paused:
            return []
        effect = (
            _("Nothing goes until then; what is due waits.")
            if self.account.pauses_all
            else _("What is about a visit still goes; the rest waits.")
        )
        reason = self.account.pause_reason
        said = [Pause(reason).label, effect, _WAYS_OUT.get(reason, "")]
        return [sentence for sentence in said if sentence]


def standing_of(account: ProviderAccount, *, now: datetime) -> Standing:
    today = local_date(now, account.business.time_zone)
    return Standing(account, offer_of(account), today)
