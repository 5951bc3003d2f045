"""The rules of a segment as a tree: read with suspicion, held as plain objects.

``{}`` is every guest. A group is ``{"all": [...]}``, ``{"any": [...]}`` or ``{"none":
[...]}``; a visit group ``{"visit": {"all": [...]}, "at_least": 1}`` or ``"at_most": 0``
asks how many visits there are of which everything in it is true; a rule is ``{"field":
"guest.country", "is": "one_of", "value": ["SE"]}``.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.tenancy.models import Business
from customers.segments.fields import (
    Field,
    Scope,
    fields_of,
    is_own_field,
    shared_fields,
)
from customers.segments.operators import BadValue, Kind, Operator, read_value

DEEPEST = 5
MOST_RULES = 60
MOST_VISITS = 999
HOWS = ("all", "any", "none")

# The way from the root: which part of which part.
Path = tuple[int, ...]


class TreeProblem(ValueError):
    """The rules make no sense. The text is for people; ``path`` leads to the rule."""

    def __init__(self, words: str, path: Path = ()) -> None:
        super().__init__(words)
        self.path = path


@dataclass(frozen=True, slots=True)
class Rule:
    """One question. ``field`` is None for one of the house's own, read without it."""

    name: str
    operator: Operator
    value: Any
    path: Path
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of which all, any or none must hold; without parts everybody fits."""

    how: str = "all"
    parts: tuple["Part", ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True)
class VisitGroup:
    """How many visits there are of which everything in ``group`` is true."""

    group: Group
    path: Path
    at_least: int | None = None
    at_most: int | None = None


Part = Rule | Group | VisitGroup
Tree = Group


@dataclass(slots=True)
class _Reading:
    business: Business | None
    rules: int = 0
    fields: dict[str, Field] = dataclasses.field(default_factory=shared_fields)
    knows_own_fields: bool = False
    values: dict[str, set[str]] = dataclasses.field(default_factory=dict)

    def field(self, name: str) -> Field | None:
        """Return a field; the house's own are looked up once, when one is asked."""
        if self.business and is_own_field(name) and not self.knows_own_fields:
            self.fields = fields_of(self.business)
            self.knows_own_fields = True
        return self.fields.get(name)


def read_tree(raw: object, business: Business | None = None) -> Tree:
    """Return the tree that JSON means. Raise TreeProblem.

    With ``business`` its own fields and the choices of today are checked as well.
    """
    if raw == {}:
        return Group()
    part = _part(raw, (), Scope.GUEST, _Reading(business))
    return part if isinstance(part, Group) else Group(parts=(part,))


def rules_in(part: Part) -> Iterator[Rule]:
    """Yield each rule of a tree, those of visits too."""
    if isinstance(part, Rule):
        yield part
        return
    inner = part.group.parts if isinstance(part, VisitGroup) else part.parts
    for each in inner:
        yield from rules_in(each)


def _part(raw: object, path: Path, scope: Scope, reading: _Reading) -> Part:
    if len(path) > DEEPEST:
        raise TreeProblem(_("These groups are nested too deep."), path)
    if not isinstance(raw, Mapping):
        raise TreeProblem(_("This rule cannot be read."), path)
    if "field" in raw:
        return _rule(raw, path, scope, reading)
    if "visit" in raw:
        return _visit_group(raw, path, scope, reading)
    return _group(raw, path, scope, reading)


def _group(
    raw: Mapping[Any, Any], path: Path, scope: Scope, reading: _Reading
) -> Group:
    how = next((how for how in HOWS if how in raw), "")
    parts = raw.get(how)
    if not how or len(raw) != 1 or not isinstance(parts, list):
        raise TreeProblem(_("This rule cannot be read."), path)
    if len(parts) > MOST_RULES:
        raise TreeProblem(_too_many(), path)
    inner = (
        _part(part, (*path, place), scope, reading) for place, part in enumerate(parts)
    )
    return Group(how, tuple(inner), path)


def _visit_group(
    raw: Mapping[Any, Any], path: Path, scope: Scope, reading: _Reading
) -> VisitGroup:
    bounds = {key: raw[key] for key in raw if key != "visit"}
    if (
        scope is Scope.VISIT
        or len(bounds) != 1
        or set(bounds)
        - {
            "at_least",
            "at_most",
        }
    ):
        raise TreeProblem(_("This rule cannot be read."), path)
    ((bound, number),) = bounds.items()
    least = 1 if bound == "at_least" else 0
    if type(number) is not int or not least <= number <= MOST_VISITS:
        raise TreeProblem(_("Say how many visits."), path)
    group = _part(raw["visit"], (*path, 0), Scope.VISIT, reading)
    if not isinstance(group, Group):
        group = Group(parts=(group,), path=(*path, 0))
    return VisitGroup(group, path, **{bound: number})


def _rule(raw: Mapping[Any, Any], path: Path, scope: Scope, reading: _Reading) -> Rule:
    reading.rules += 1
    if reading.rules > MOST_RULES:
        raise TreeProblem(_too_many(), path)
    name, operator = raw["field"], raw.get("is")
    if not isinstance(name, str) or set(raw) - {"field", "is", "value"}:
        raise TreeProblem(_("This rule cannot be read."), path)
    if operator not in Operator.values:
        raise TreeProblem(_("Choose how to compare."), path)
    asked, value = Operator(operator), raw.get("value")
    found = reading.field(name)
    if found is None:
        return _rule_of_a_house(Rule(name, asked, value, path), reading)
    return _known_rule(found, Rule(name, asked, value, path, found), scope, reading)


def _rule_of_a_house(rule: Rule, reading: _Reading) -> Rule:
    if reading.business is None and is_own_field(rule.name):
        return rule
    raise TreeProblem(_("This rule asks for something that is gone."), rule.path)


def _known_rule(found: Field, rule: Rule, scope: Scope, reading: _Reading) -> Rule:
    if found.scope is not scope:
        raise TreeProblem(_("This rule does not belong here."), rule.path)
    if rule.operator not in found.asks:
        raise TreeProblem(_("Choose how to compare."), rule.path)
    try:
        value = read_value(found.kind, rule.operator, rule.value)
    except BadValue as problem:
        raise TreeProblem(str(problem), rule.path) from problem
    if found.kind == Kind.CHOICE and value and not found.is_open:
        _check_choices(found, value, rule.path, reading)
    return Rule(rule.name, rule.operator, value, rule.path, found)


def _check_choices(
    found: Field, value: tuple[str, ...], path: Path, reading: _Reading
) -> None:
    if reading.business is None or found.choices is None:
        return
    if found.name not in reading.values:
        reading.values[found.name] = {
            choice for choice, _label in found.choices(reading.business)
        }
    if not reading.values[found.name].issuperset(value):
        raise TreeProblem(_("Something that was chosen here is gone."), path)


def _too_many() -> str:
    return _("These are more rules than anybody can follow.")
