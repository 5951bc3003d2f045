"""How good a register is, in figures: what is known of how many, and what is amiss."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# What is counted as known of a guest, in the order in which it is shown.
KNOWN = (
    "name",
    "email",
    "phone",
    "address",
    "country",
    "language",
    "birthday",
    "wishes",
)


class Trouble(TextChoices):
    """Something about a guest that should be looked at."""

    BOUNCED = "bounced", _("Email that does not arrive")
    UNREACHABLE = "unreachable", _("Neither email nor phone")
    RELAY = "relay", _("Only a booking site's address")
    OLD_ADDRESS = "old_address", _("Address nobody has made sure of for long")
    OLD_WISHES = "old_wishes", _("Wishes nobody has made sure of for a year")


class Verdict(TextChoices):
    """Whether a guest may be written to, or what stands in the way first."""

    OPEN = "open", _("May be written to")
    NO_ADDRESS = "no_address", _("No address is known")
    RELAY = "relay", _("Only a booking site's address")
    BOUNCED = "bounced", _("The address does not work")
    LEFT_ALONE = "left_alone", _("The address is left alone")
    NEVER_ASKED = "never_asked", _("Never asked")
    SAID_NO = "said_no", _("Said no")
    NO_SALE = "no_sale", _("Told at a sale that fell through")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFigures:
    """What was counted. ``recent`` are guests of the last twelve months, or to come.

    ``known`` gives how many of all and of the recent, by what is known; ``reach`` how
    many by channel, purpose and verdict.
    """

    guests: int = 0
    recent: int = 0
    known: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    trouble: Mapping[str, int] = field(default_factory=dict)
    reach: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "RegisterFigures":
        """Read what ``as_json`` wrote; what an older count did not know is nought."""
        known = {name: (n, m) for name, (n, m) in kept.get("known", {}).items()}
        return cls(
            guests=kept.get("guests", 0),
            recent=kept.get("recent", 0),
            known=known,
            trouble=kept.get("trouble", {}),
            reach=kept.get("reach", {}),
        )

    def share_known(self, name: str) -> float:
        """Return the share of guests of whom ``name`` is known; 0 without guests."""
        return self.known.get(name, (0, 0))[0] / self.guests if self.guests else 0.0

    def open_to(self, channel: str, purpose: str) -> int:
        """Return how many may be written to."""
        return self.reach.get(channel, {}).get(purpose, {}).get(Verdict.OPEN, 0)
