"""What happens to each kind of row when its guest is merged, exported, forgotten, old.

Every model that relates to a guest, or holds a person's words, has a policy here or
from the app that owns it, registered in ``ready()``. A test fails for one without.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import models
from django.utils.functional import Promise


class OnMerge(Enum):
    """What a row of the guest who goes becomes."""

    MOVE = "moves to the guest who stays"
    MOVE_IF_ABSENT = "moves, unless the guest who stays has the same"
    RECOMPUTE = "is computed anew"
    KEEP = "stays as it is"


class OnErase(Enum):
    """What is left of a row when the guest is forgotten."""

    DELETE = "the row goes"
    BLANK = "the row stays without what is personal"
    KEEP = "the row stays: it holds nothing personal, or must prove what was done"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestDataPolicy:
    """The four answers for one model.

    ``title`` is what the guest reads above these rows, and ``called`` what the house
    calls them. ``guest_path`` is the look-up
    from the model to its guest; ``other_guest_paths`` lead to guests who are named
    beside, and are cut on erasure. ``follows`` lead to the guest of what a row hangs on
    without pointing at it, so that it goes there when a merge is undone. ``export``
    names the fields the guest gets a copy of, and ``read`` says how those are read that
    are not stored as one reads them. ``blank`` gives the values that replace personal
    ones on erasure, and ``erase_only`` narrows erasure to some rows, and ``confided``
    says which are only in a copy that is made by somebody who may see health needs.
    ``keep_months`` counts from the guest's
    last visit; None keeps the row as long as its guest. ``reason`` says why, for people
    who must answer for it.
    """

    model: type[models.Model]
    title: str | Promise
    guest_path: str
    on_merge: OnMerge
    export: tuple[str, ...]
    on_erase: OnErase
    reason: str
    called: str | Promise = ""
    other_guest_paths: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    read: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    blank: Mapping[str, Any] = field(default_factory=dict)
    erase_only: models.Q = field(default_factory=models.Q)
    confided: models.Q | None = None
    keep_months: int | None = None


_policies: dict[type[models.Model], GuestDataPolicy] = {}
_impersonal: dict[type[models.Model], str] = {}


def register_policy(policy: GuestDataPolicy) -> None:
    """Answer for a model. Registered once a model, in ``AppConfig.ready()``."""
    _policies[policy.model] = policy


def register_impersonal(model: type[models.Model], reason: str) -> None:
    """State that a model neither relates to a guest nor holds a person's words."""
    _impersonal[model] = reason


def policies() -> list[GuestDataPolicy]:
    """Return all policies, the models that point at others before what they point at."""
    return list(reversed(_policies.values()))


def policy_for(model: type[models.Model]) -> GuestDataPolicy | None:
    return _policies.get(model)


def is_impersonal(model: type[models.Model]) -> bool:
    return model in _impersonal
