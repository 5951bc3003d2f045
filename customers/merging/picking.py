"""Of two values the guest who stays can keep one: which, and by which rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from crm.core.addresses import is_relay_address
from customers.merging.saying import say_field
from customers.merging.values import (
    ADDRESS,
    CONTACTS,
    NAME,
    PHOTO,
    compared,
    held_by,
    labels_for,
    says_nothing,
)
from customers.merging.yes_and_no import may_keep_photo
from customers.models import ContactPoint, Guest, Merge

Rule = Merge.Rule

KEPT, GONE = "kept", "gone"

# Which value is picked of two that differ, and by which rule.
Pick = tuple[str, Merge.Rule]


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of two guests. ``picked`` is ``kept`` or ``gone``; values are in words."""

    field: str
    label: str | Promise
    kept_value: str
    gone_value: str
    picked: str
    rule: Merge.Rule

    @property
    def differs(self) -> bool:
        return self.rule != Rule.SAME

    @property
    def is_of_gone(self) -> bool:
        return self.picked == GONE


def choices_for(kept: Guest, gone: Guest) -> list[Choice]:
    """Return each field that one of the two has something in, and what is picked.

    In the order in which people read a profile. Costs a fixed number of queries.
    """
    picks = picks_for(kept, gone)
    labels = labels_for(set(picks))
    mine, theirs = held_by(kept), held_by(gone)
    return [
        Choice(
            field,
            labels[field],
            say_field(kept, field, mine.get(field)),
            say_field(gone, field, theirs.get(field)),
            picked,
            rule,
        )
        for field, (picked, rule) in picks.items()
        if field in labels
    ]


def picks_for(
    kept: Guest,
    gone: Guest,
    chosen: Mapping[str, str] | None = None,
    *,
    is_again: bool = False,
) -> dict[str, Pick]:
    """Return what is picked by field; ``chosen`` by hand wins over every rule.

    With ``is_again`` it was picked once before: as long as there is something to take.
    """
    mine, theirs = held_by(kept), held_by(gone)
    picks = {}
    for field in dict.fromkeys((*mine, *theirs)):
        a, b = mine.get(field), theirs.get(field)
        if says_nothing(a) and says_nothing(b):
            continue
        if field == PHOTO and not may_keep_photo(kept, gone):
            continue
        picked, rule = _pick(field, a, b, kept, gone)
        wish = (chosen or {}).get(field)
        if is_again and says_nothing(a if wish == KEPT else b):
            wish = None
        if wish in {KEPT, GONE} and wish != picked:
            picked, rule = str(wish), Rule.CHOSEN
        picks[field] = (picked, rule)
    return picks


def which_stays(a: Guest, b: Guest) -> tuple[Guest, Guest]:
    """Return who should stay, and the other: who came more often, else came first."""

    def weight(guest: Guest) -> tuple[int, float, int]:
        visits = guest.visits.completed().count()
        return visits, -guest.created_at.timestamp(), -guest.pk

    return (a, b) if weight(a) >= weight(b) else (b, a)


def _pick(field: str, a: Any, b: Any, kept: Guest, gone: Guest) -> Pick:
    if compared(a) == compared(b):
        return KEPT, Rule.SAME
    if field == "is_vip":
        return (KEPT if a == (True,) else GONE), Rule.EITHER
    if says_nothing(b):
        return KEPT, Rule.ONLY
    if says_nothing(a):
        return GONE, Rule.ONLY
    return _RULES.get(field, _stays)(a, b, kept, gone)


def _stays(_a: Any, _b: Any, _kept: Guest, _gone: Guest) -> Pick:
    return KEPT, Rule.STAYS


def _newer(_a: Any, _b: Any, kept: Guest, gone: Guest) -> Pick:
    return (GONE if gone.updated_at > kept.updated_at else KEPT), Rule.NEWER


def _older(_a: Any, _b: Any, kept: Guest, gone: Guest) -> Pick:
    return (GONE if gone.created_at < kept.created_at else KEPT), Rule.OLDER


def _fuller_name(a: Any, b: Any, kept: Guest, gone: Guest) -> Pick:
    return _fuller(a, b) or _stays(a, b, kept, gone)


def _fuller_address(a: Any, b: Any, kept: Guest, gone: Guest) -> Pick:
    return _fuller(a, b) or _newer(a, b, kept, gone)


def _fuller(a: Any, b: Any) -> Pick | None:
    mine, theirs = sum(map(bool, a)), sum(map(bool, b))
    if mine == theirs:
        return None
    return (KEPT if mine > theirs else GONE), Rule.FULLER


def _direct(a: ContactPoint, b: ContactPoint, kept: Guest, gone: Guest) -> Pick:
    mine, theirs = is_relay_address(a.normalized), is_relay_address(b.normalized)
    if mine != theirs:
        return (GONE if mine else KEPT), Rule.DIRECT
    return (GONE if b.created_at > a.created_at else KEPT), Rule.NEWER


_RULES: dict[str, Callable[[Any, Any, Guest, Guest], Pick]] = {
    NAME: _fuller_name,
    ADDRESS: _fuller_address,
    "language": _newer,
    "company": _newer,
    "source": _older,
    PHOTO: _newer,
    **dict.fromkeys(CONTACTS, _direct),
}
