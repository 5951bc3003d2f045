"""What can be asked of guests: the fields of segments, from every app."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from crm.tenancy.models import Business
from customers.segments.operators import OPERATORS, Kind, Operator

Choices = Callable[[Business], list[tuple[str, str]]]


class Scope(Enum):
    """What a field is about. Those of a visit stand in a visit group only."""

    GUEST = "guest"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Context:
    """In which house a question is asked, on which of its days.

    With ``guest_ids`` it is asked about these alone, which is all an answer may be
    read for.
    """

    business: Business
    today: date
    guest_ids: tuple[int, ...] | None = None


ToQ = Callable[[Operator, Any, Context], Q]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that can be asked of a guest or of a visit.

    ``to_q`` gives a condition on Guest, or on Visit, that is true or false but never
    NULL, so that its opposite is everybody else. ``choices`` are the values there are:
    one that is not among them is a TreeProblem, unless the field is ``is_open``.
    ``says`` holds, for some operators, the clause that goes on after "guests who", or
    for a visit after "a visit that", with ``%(value)s`` in it; the others are said from
    the label.
    """

    name: str
    label: str | Promise
    group: str | Promise
    kind: Kind
    to_q: ToQ
    scope: Scope = Scope.GUEST
    operators: tuple[Operator, ...] = ()
    choices: Choices | None = None
    is_open: bool = False
    says: Mapping[Operator, str | Promise] = field(default_factory=dict)

    @property
    def asks(self) -> tuple[Operator, ...]:
        """Return the operators that fit, the usual one first."""
        return self.operators or OPERATORS[self.kind]


_fields: dict[str, Field] = {}
_families: dict[str, Callable[[Business], list[Field]]] = {}


def register_fields(*fields: Field) -> None:
    """Add fields. A second one of the same name replaces the first."""
    for each in fields:
        _fields[each.name] = each


def register_own_fields(
    prefix: str, fields_of: Callable[[Business], list[Field]]
) -> None:
    """Add fields that each house has of its own; their names begin with ``prefix``."""
    _families[prefix] = fields_of


def is_own_field(name: str) -> bool:
    """Return whether only the house can say if there is such a field."""
    return any(name.startswith(prefix) for prefix in _families)


def shared_fields() -> dict[str, Field]:
    """Return the fields that every house has, by name."""
    return dict(_fields)


def fields_of(business: Business) -> dict[str, Field]:
    """Return all fields of the house by name, in the order they are offered."""
    fields = shared_fields()
    for own in _families.values():
        fields.update({each.name: each for each in own(business)})
    return fields
