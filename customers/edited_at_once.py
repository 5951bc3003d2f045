"""Two people edit the same thing: what each of them changed, put together.

Only computes. ``base`` is what both began with, ``mine`` what I typed, ``theirs`` what is
held now. What only one changed is taken, what both changed to different things is a
clash. Values are as JSON holds them; a list is taken as addresses, the first one the one
to use, and put together address by address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that both changed, and what it becomes by either choice."""

    name: str
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class PutTogether:
    """What comes of it. Where there is a clash, ``values`` holds mine.

    ``kept`` names what the others changed and I did not take away.
    """

    values: Values
    kept: list[str]
    clashes: list[Clash]


def put_together(
    *, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> PutTogether:
    """Return the values of both. What I did not type stays as it is held.

    A value that ``base`` does not know counts as seen: mine is taken.
    """
    result = PutTogether(dict(theirs), [], [])
    for name, typed in mine.items():
        held: Any = theirs.get(name)
        began: Any = base.get(name, held)
        if typed == held or began == held:
            result.values[name] = typed
        elif typed == began:
            result.kept.append(name)
        elif isinstance(typed, list):
            _put_addresses_together(result, name, began, typed, held)
        else:
            result.values[name] = typed
            result.clashes.append(Clash(name, typed, held))
    return result


def _put_addresses_together(
    result: PutTogether, name: str, began: list[str], mine: list[str], theirs: list[str]
) -> None:
    mine_first, theirs_first = _mixed(began, mine, theirs), _mixed(began, theirs, mine)
    if _both_lead(began, mine, theirs):
        result.values[name] = mine_first
        result.clashes.append(Clash(name, mine_first, theirs_first))
    else:
        moved = mine[:1] != began[:1]
        result.values[name] = mine_first if moved else theirs_first
        result.kept.append(name)


def _mixed(began: list[str], leading: list[str], following: list[str]) -> list[str]:
    """Return what nobody took away and what anybody added, the leader's first first."""
    gone = (set(began) - set(leading)) | (set(began) - set(following) - {*leading[:1]})
    return [one for one in dict.fromkeys([*leading, *following]) if one not in gone]


def _both_lead(began: list[str], mine: list[str], theirs: list[str]) -> bool:
    """Return whether it has to be asked which address is the one to use."""
    if mine[:1] == theirs[:1]:
        return False
    moved = [
        (leading, other)
        for leading, other in ((mine, theirs), (theirs, mine))
        if leading[:1] != began[:1]
    ]
    return len(moved) == 2 or any(
        set(leading[:1]) & set(began) - set(other) for leading, other in moved
    )
