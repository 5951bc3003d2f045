"""Two people put the same visit right: nothing that one of them typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from crm.accounts.models import User
from customers.edited_at_once import Clash, put_together
from customers.holding import hold_visit
from customers.models import Visit
from customers.visiting.lines import sum_of_lines
from customers.visits import COLUMNS, VisitFacts, amend_visit


class VisitChangedMeanwhile(Exception):
    """Both changed the same thing. ``held`` is the visit as it is now."""

    def __init__(self, clashes: list[Clash], held: Visit) -> None:
        self.clashes, self.held = clashes, held
        super().__init__(", ".join(clash.name for clash in clashes))


@dataclass(frozen=True, slots=True)
class Amended:
    """``changed`` names what this person changed, ``kept`` what others did meanwhile."""

    changed: list[str]
    kept: list[str]


def values_of(visit: Visit | VisitFacts) -> dict[str, Any]:
    """Return what is known of a visit, as JSON holds it, to compare later."""
    return {
        name: _as_json(getattr(visit, name))
        for name in COLUMNS
        if name != "external_id"
    }


@transaction.atomic
def amend_together(
    visit: Visit,
    *,
    facts: VisitFacts,
    began: Mapping[str, Any],
    actor: User | None,
    now: datetime,
) -> Amended:
    """Correct a visit that may have changed since ``began``, the values of before.

    What only the others changed stays; without a spend it is what the lines add up to.
    Raise VisitChangedMeanwhile when both changed
    the same thing, ValidationError and GuestIsForgotten like ``amend_visit``.
    """
    held = hold_visit(visit)
    facts = replace(facts, spend=facts.spend or sum_of_lines(held))
    result = put_together(base=began, mine=values_of(facts), theirs=values_of(held))
    clashes = result.clashes
    together = replace(facts, **{name: getattr(held, name) for name in result.kept})
    if together.departure_date < together.arrival_date and not clashes:
        # Each moved one end of the visit, and together they make no sense.
        name = "departure_date" if "departure_date" in result.kept else "arrival_date"
        mine, theirs = getattr(facts, name), getattr(held, name)
        clashes = [Clash(name, _as_json(mine), _as_json(theirs))]
    if clashes:
        raise VisitChangedMeanwhile(clashes, held)
    changed = amend_visit(held, facts=together, actor=actor, now=now)
    return Amended(changed, result.kept)


def _as_json(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if hasattr(value, "uuid"):
        return str(value.uuid)
    return value
