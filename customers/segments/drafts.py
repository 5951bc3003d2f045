"""A tree of rules while somebody builds it: as it was typed, finished or not.

A form sends each node as ``node=KEY:PARENT:KIND`` in the order of the page, and what was
typed about it as ``KEY-name``. Buttons send ``act=WHAT:KEY``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

ROOT = "n0"
RULE, GROUP, VISIT = "rule", "group", "visit"
# More than a tree may have, so that one too many is still shown and said.
MOST_NODES = 150
MOST_DEEP = 5

_NODE = re.compile(r"(n[0-9]{1,4}):(n[0-9]{1,4})?:(rule|group|visit)")
_JOINS = ("all", "any", "none")

Typed = dict[str, list[str]]


@dataclass(slots=True)
class Draft:
    """A rule or a group of them. ``held`` is a rule as it is kept, not yet typed."""

    key: str
    kind: str
    typed: Typed = field(default_factory=dict)
    held: dict[str, Any] | None = None
    children: list["Draft"] = field(default_factory=list)
    depth: int = 0
    problem: str = ""
    is_new: bool = False
    is_in_visit: bool = False
    form: object = None

    def word(self, name: str) -> str:
        return self.typed.get(name, [""])[0]

    @property
    def join(self) -> str:
        return self.word("join") if self.word("join") in _JOINS else "all"

    @property
    def may_hold_groups(self) -> bool:
        return self.depth < MOST_DEEP - 2

    def walk(self) -> Iterator["Draft"]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def times(self) -> str:
        return self.word("times")

    @property
    def count(self) -> str:
        return self.word("count") or "1"


def typed_draft(posted: QueryDict) -> Draft:
    """Return the tree of a form. What no form of ours sends is left out."""
    root = Draft(ROOT, GROUP, _typed(posted, ROOT))
    nodes = {ROOT: root}
    for text in posted.getlist("node")[:MOST_NODES]:
        match = _NODE.fullmatch(text)
        if match is None or match[1] in nodes or match[2] not in nodes:
            continue
        parent = nodes[match[2]]
        if parent.kind == RULE or parent.depth >= MOST_DEEP:
            continue
        node = Draft(
            match[1], match[3], _typed(posted, match[1]), depth=parent.depth + 1
        )
        nodes[node.key] = node
        parent.children.append(node)
    return root


def kept_draft(rules: dict[str, Any]) -> Draft:
    """Return the tree of rules that ``read_tree`` has accepted, ready to be changed."""
    keys = _keys(1)
    if not rules:
        return Draft(ROOT, GROUP)
    if _join_of(rules):
        return _draft_of(rules, ROOT, keys, depth=0)
    root = Draft(ROOT, GROUP)
    root.children.append(_draft_of(rules, next(keys), keys, depth=1))
    return root


def act_on(root: Draft, act: str) -> None:
    """Do what a button says: add a rule or a group to a group, or take a node away."""
    what, _colon, key = act.partition(":")
    nodes = {node.key: node for node in root.walk()}
    node = nodes.get(key)
    if node is None:
        return
    if what == "remove":
        for other in nodes.values():
            other.children = [one for one in other.children if one.key != key]
    elif node.kind != RULE and (
        what == RULE or (what in {GROUP, VISIT} and node.may_hold_groups)
    ):
        _add(node, what, nodes)


def _add(node: Draft, kind: str, nodes: dict[str, Draft]) -> None:
    if len(nodes) >= MOST_NODES:
        return
    free = max(int(key[1:]) for key in nodes) + 1
    new = Draft(f"n{free}", kind, depth=node.depth + 1, is_new=kind == RULE)
    node.children.append(new)
    if kind != RULE:
        # A group with nothing in it says nothing: it begins with a rule.
        inner = Draft(f"n{free + 1}", RULE, depth=new.depth + 1, is_new=True)
        new.typed = {"join": ["any" if kind == GROUP else "all"]}
        new.children.append(inner)


def _typed(posted: QueryDict, key: str) -> Typed:
    start = f"{key}-"
    return {
        name.removeprefix(start): values
        for name, values in posted.lists()
        if name.startswith(start) and values
    }


def _keys(first: int) -> Iterator[str]:
    number = first
    while True:
        yield f"n{number}"
        number += 1


def _join_of(rules: dict[str, Any]) -> str:
    return next((join for join in _JOINS if join in rules), "")


def _draft_of(
    rules: dict[str, Any], key: str, keys: Iterator[str], *, depth: int
) -> Draft:
    if "field" in rules:
        return Draft(key, RULE, held=rules, depth=depth)
    node = Draft(key, GROUP, depth=depth)
    inner = rules
    if "visit" in rules:
        node.kind, inner = VISIT, rules["visit"]
        node.typed = _times_of(rules)
    join = _join_of(inner)
    if not join:
        # One rule alone, where a group is usual.
        node.children = [_draft_of(inner, next(keys), keys, depth=depth + 1)]
        return node
    node.typed["join"] = [join]
    node.children = [
        _draft_of(one, next(keys), keys, depth=depth + 1) for one in inner[join]
    ]
    return node


def _times_of(rules: dict[str, Any]) -> Typed:
    if "at_most" in rules:
        return {"times": ["at_most"], "count": [str(rules["at_most"])]}
    return {"times": ["at_least"], "count": [str(rules.get("at_least", 1))]}
