"""What was had during a visit, line by line; and what the lines say about the spend."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from crm.accounts.models import User
from crm.core.text import search_key
from crm.tenancy.models import Business
from customers.holding import hold_visit
from customers.models import Visit, VisitLine
from customers.visits import settle

# Category, name, how many, amount, alcohol.
LineValues = list[Any]
# The house's usual names are those of its latest visits.
LATEST_VISITS = 200
USUAL_NAMES = 60
NAMED_IN_SHORT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One line. ``amount`` of the whole line, in minor units, tax included.

    ``uuid`` is that of the line as it was read, None for a new one.
    """

    category: str
    name: str
    quantity: int = 1
    amount: int = 0
    is_alcohol: bool = False
    uuid: UUID | None = None

    @property
    def key(self) -> str:
        return search_key(self.name)[:80]


class LinesChangedMeanwhile(Exception):
    """Two people changed the same lines. ``held`` are these lines as they are now."""

    def __init__(self, held: list[VisitLine]) -> None:
        self.held = held
        super().__init__(len(held))


def line_values(line: VisitLine | LineFacts) -> LineValues:
    """Return what is known of a line, as JSON holds it, to compare later."""
    return [line.category, line.name, line.quantity, line.amount, line.is_alcohol]


@transaction.atomic
def replace_lines(
    visit: Visit,
    lines: Sequence[LineFacts],
    *,
    removed: Collection[UUID] = (),
    began: Mapping[UUID, LineValues] | None = None,
    actor: User | None,
    now: datetime,
) -> list[str]:
    """Write the lines of a visit in this order and return the fields that changed.

    ``began`` is what lines were when they were read. What others did since is kept: lines
    that they added stay, after these; what they changed or removed stays so where nothing
    else was typed. A thing that the house has marked as alcohol before is marked on new
    lines too. A visit without any spend gets the sum of its lines.

    Raise LinesChangedMeanwhile when the same line was changed to different things, and
    GuestIsForgotten.
    """
    visit, began = hold_visit(visit), began or {}
    held = {line.uuid: line for line in lines_of(visit)}
    wanted = _without_removed(lines, held, began)
    _refuse_clashes(wanted, removed, held, began)
    gone, _by_model = visit.lines.filter(uuid__in=removed).delete()
    written = _write_all(visit, wanted, held, began)
    mine = {*removed, *(facts.uuid for facts in wanted)}
    others = [line for uuid, line in held.items() if uuid not in mine]
    _put_behind(others, len(wanted))
    if not gone and not written:
        return []
    return _settle_lines(visit, actor=actor, now=now)


def _refuse_clashes(
    lines: Sequence[LineFacts],
    removed: Collection[UUID],
    held: Mapping[UUID, VisitLine],
    began: Mapping[UUID, LineValues],
) -> None:
    clashes = [
        held[facts.uuid] for facts in lines if facts.uuid and _clash(facts, held, began)
    ]
    clashes += [held[uuid] for uuid in removed if _is_other(uuid, held, began)]
    if clashes:
        raise LinesChangedMeanwhile(clashes)


def _without_removed(
    lines: Sequence[LineFacts],
    held: Mapping[UUID, VisitLine],
    began: Mapping[UUID, LineValues],
) -> list[LineFacts]:
    """Leave out lines that others removed, unless something else was typed there."""
    return [
        facts
        for facts in lines
        if facts.uuid is None
        or facts.uuid in held
        or began.get(facts.uuid) != line_values(facts)
    ]


def _is_other(
    uuid: UUID, held: Mapping[UUID, VisitLine], began: Mapping[UUID, LineValues]
) -> bool:
    """Return whether a line is not what it was when it was read."""
    return uuid in held and uuid in began and began[uuid] != line_values(held[uuid])


def _clash(
    facts: LineFacts,
    held: Mapping[UUID, VisitLine],
    began: Mapping[UUID, LineValues],
) -> bool:
    if facts.uuid is None or not _is_other(facts.uuid, held, began):
        return False
    mine = line_values(facts)
    return mine not in (began[facts.uuid], line_values(held[facts.uuid]))


def _write_all(
    visit: Visit,
    lines: Sequence[LineFacts],
    held: Mapping[UUID, VisitLine],
    began: Mapping[UUID, LineValues],
) -> bool:
    """Write lines in their order, and return whether anything is other than before."""
    alcohol = alcohol_keys(visit.business, {facts.key for facts in lines})
    is_other = False
    for position, facts in enumerate(lines):
        line = held.get(facts.uuid) if facts.uuid else None
        if line and began.get(line.uuid) == line_values(facts):
            # Nothing was typed here: it stays as others have made it since.
            values: dict[str, Any] = {"position": position}
        else:
            values = _columns(facts, position)
        if line is None:
            values["is_alcohol"] = facts.is_alcohol or facts.key in alcohol
            line = VisitLine(business=visit.business, visit=visit)
        if line.pk and all(getattr(line, name) == values[name] for name in values):
            continue
        for name, value in values.items():
            setattr(line, name, value)
        line.save()
        is_other = True
    return is_other


def _columns(facts: LineFacts, position: int) -> dict[str, Any]:
    return {
        "category": facts.category,
        "name": facts.name,
        "key": facts.key,
        "quantity": facts.quantity,
        "amount": facts.amount,
        "is_alcohol": facts.is_alcohol,
        "position": position,
    }


def _put_behind(lines: Sequence[VisitLine], first: int) -> None:
    for position, line in enumerate(lines, start=first):
        line.position = position
    VisitLine.objects.bulk_update(lines, ["position"])


def _settle_lines(visit: Visit, *, actor: User | None, now: datetime) -> list[str]:
    changed = ["lines"]
    total = sum_of_lines(visit)
    if visit.spend == 0 and total:
        visit.spend = total
        changed.append("spend")
    visit.updated_at = now
    visit.save(update_fields=["spend", "updated_at"])
    settle(
        visit,
        previous_state=visit.state,
        actor=actor,
        action="amended",
        changed=changed,
        now=now,
    )
    return changed


@transaction.atomic
def spend_what_lines_say(visit: Visit, *, actor: User | None, now: datetime) -> int:
    """Make the sum of the lines the spend of the visit, and return it."""
    visit = hold_visit(visit)
    total = sum_of_lines(visit)
    if total != visit.spend:
        visit.spend, visit.updated_at = total, now
        visit.save(update_fields=["spend", "updated_at"])
        settle(
            visit,
            previous_state=visit.state,
            actor=actor,
            action="amended",
            changed=["spend"],
            now=now,
        )
    return total


def lines_of(visit: Visit) -> list[VisitLine]:
    """Return the lines of a visit in their order."""
    return list(visit.lines.order_by("position", "pk"))


def sum_of_lines(visit: Visit) -> int:
    """Return what the lines add up to, in minor units."""
    return visit.lines.aggregate(total=Sum("amount"))["total"] or 0


def alcohol_keys(business: Business, keys: Iterable[str]) -> set[str]:
    """Return those of these things that any line of the house marks as alcohol."""
    marked = business.lines.filter(key__in=set(keys), is_alcohol=True)
    return set(marked.values_list("key", flat=True))


def usual_names(business: Business) -> list[str]:
    """Return what the house's latest visits had, the commonest first. One query."""
    latest = business.visits.completed().order_by("-completed_at")[:LATEST_VISITS]
    names = VisitLine.objects.filter(
        business=business, visit__in=latest.values("pk")
    ).values_list("name", flat=True)
    return [name for name, _times in Counter(names).most_common(USUAL_NAMES)]


def had_in_short(business: Business, visit_ids: Collection[int]) -> dict[int, str]:
    """Return ``Dinner, Spa, +2`` by visit id, rooms left out. One query."""
    lines = VisitLine.objects.filter(business=business, visit__in=visit_ids)
    rows = lines.exclude(category=VisitLine.Category.ROOM).order_by("position", "pk")
    names: dict[int, dict[str, str]] = {}
    for visit_id, key, name in rows.values_list("visit", "key", "name"):
        names.setdefault(visit_id, {}).setdefault(key, name)
    return {visit_id: _in_short(list(had.values())) for visit_id, had in names.items()}


def _in_short(names: list[str]) -> str:
    more = len(names) - NAMED_IN_SHORT
    shown = names if more <= 0 else [*names[:NAMED_IN_SHORT], f"+{more}"]
    return ", ".join(shown)
