"""One question to a guest, and what is known of them that decides whether it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ContactPoint, Fact, FactCheck, Guest, Preference


class Why(TextChoices):
    """Why something is asked."""

    MISSING = "missing", gettext_lazy("not known")
    BOUNCED = "bounced", gettext_lazy("does not arrive")
    RELAY = "relay", gettext_lazy("only a booking site's address")
    STALE = "stale", gettext_lazy("nobody has made sure for long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask. ``held`` is what we believe, where we believe something."""

    fact: Fact
    why: Why
    held: str = ""
    preference: Preference | None = None

    @property
    def sentence(self) -> str:
        """Return what to do, as it is read on a card."""
        if self.why == Why.STALE:
            return _("Is this still so? %(what)s") % {"what": self.held}
        if self.why == Why.BOUNCED:
            return _("Their email does not arrive. Ask for another one.")
        if self.why == Why.RELAY:
            return _("We only have a booking site's address. Ask for their own email.")
        return _MISSING[self.fact]()

    @property
    def is_whether(self) -> bool:
        """Return whether a yes is an answer."""
        return self.why == Why.STALE

    @property
    def is_wish(self) -> bool:
        return self.fact == Fact.WISHES


_MISSING = {
    Fact.NAME: lambda: _("Ask for first name and family name."),
    Fact.EMAIL: lambda: _("Ask for an email address."),
    Fact.PHONE: lambda: _("Ask for a phone number."),
    Fact.ADDRESS: lambda: _("Ask where they live."),
    Fact.BIRTHDAY: lambda: _("Ask when their birthday is."),
    Fact.LANGUAGE: lambda: _("Ask which language they like best."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one guest that decides what is asked."""

    guest: Guest
    points: list[ContactPoint] = field(default_factory=list)
    bounced: set[int] = field(default_factory=set)
    checks: Mapping[str, FactCheck] = field(default_factory=dict)
    wishes: list[Preference] = field(default_factory=list)
