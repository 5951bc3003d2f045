"""How much a guest may hear from a house, and who goes first where it is too much.

Pure. What the guest heard is loaded in ``outreach/deciding/contacts.py``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Whatever waits for about the same time stands in line; what comes later does not yet.
_SAME_TIME = timedelta(days=1)
# How soon after the better ones it is seen whether they really went.
_LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most ``most`` messages of a kind in any ``within``.

    ``heard`` is when the guest got one; ``ahead`` is when those of a better rank that
    wait for the same guest should go.
    """

    most: int
    within: timedelta
    heard: tuple[datetime, ...] = ()
    ahead: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """When there is room again: for certain, or once the better ones have gone."""

    at: datetime
    is_certain: bool


def next_slot(budget: Budget, now: datetime) -> Slot | None:
    """Return when there is room for one more; None when there is now."""
    heard = sorted(at for at in budget.heard if at > now - budget.within)
    if len(heard) >= budget.most:
        return Slot(heard[-budget.most] + budget.within, is_certain=True)
    ahead = sorted(
        max(at, now)
        for at in budget.ahead
        if now - _SAME_TIME <= at <= now + _SAME_TIME
    )
    if len(heard) + len(ahead) < budget.most:
        return None
    full_until = sorted(heard + ahead)[-budget.most] + budget.within
    return Slot(min(full_until, ahead[-1] + _LOOK_AGAIN), is_certain=False)
