"""Keep, change, copy and delete segments; each act leaves a line in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business, Staff
from customers.models import Segment

MOST_LETTERS = 80


class NameTaken(Exception):
    """Another segment of the house has the name."""


class StillUsed(Exception):
    """Something goes by the segment, so it has to stay."""


class ChangedMeanwhile(Exception):
    """Somebody saved it after this person began. ``segment`` is as it is now."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a segment shall be. ``rules`` have passed ``read_tree``."""

    name: str
    rules: dict[str, Any]
    strategy: str
    responsible: Staff | None


def create_segment(
    business: Business, wanted: Wanted, *, actor: User, now: datetime
) -> Segment:
    """Raise NameTaken when there is one of this name."""
    segment = Segment(
        business=business,
        name=wanted.name,
        rules=wanted.rules,
        strategy=wanted.strategy,
        responsible=wanted.responsible,
        created_at=now,
        created_by=actor,
        updated_at=now,
    )
    _save(segment)
    _record(segment, "created", [], actor=actor, now=now)
    return segment


@transaction.atomic
def change_segment(
    segment: Segment, wanted: Wanted, *, seen: str, actor: User, now: datetime
) -> Segment:
    """Change it. ``seen`` is the ``stand_of`` it that the person began with.

    Raise ChangedMeanwhile when it is another by now, NameTaken when there is one of
    this name.
    """
    held = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    if stand_of(held) != seen:
        raise ChangedMeanwhile(held)
    names = ("name", "rules", "strategy", "responsible")
    changed = [name for name in names if getattr(held, name) != getattr(wanted, name)]
    if not changed:
        return held
    for name in changed:
        setattr(held, name, getattr(wanted, name))
    held.updated_at = now
    _save(held, [*changed, "updated_at"])
    _record(held, "amended", changed, actor=actor, now=now)
    return held


def copy_segment(segment: Segment, *, actor: User, now: datetime) -> Segment:
    """Return a new one with the same rules, called after the first."""
    wanted = Wanted(
        name=_free_name(segment),
        rules=segment.rules,
        strategy=segment.strategy,
        responsible=segment.responsible,
    )
    return create_segment(segment.business, wanted, actor=actor, now=now)


@transaction.atomic
def delete_segment(segment: Segment, *, actor: User, now: datetime) -> dict[str, Any]:
    """Delete it and return what ``bring_segment_back`` needs. Raise StillUsed."""
    kept = {
        "uuid": str(segment.uuid),
        "business": segment.business_id,
        "name": segment.name,
        "rules": segment.rules,
        "strategy": segment.strategy,
        "responsible": segment.responsible_id,
        "ready_key": segment.ready_key,
    }
    _record(segment, "removed", [], actor=actor, now=now)
    try:
        segment.delete()
    except ProtectedError as error:
        raise StillUsed from error
    return kept


def bring_segment_back(
    business: Business, kept: dict[str, Any], *, actor: User, now: datetime
) -> Segment:
    """Make it anew as it was. Raise NameTaken when another has its name by now."""
    responsible = business.staff.filter(pk=kept["responsible"]).first()
    segment = Segment(
        business=business,
        uuid=kept["uuid"],
        name=kept["name"],
        rules=kept["rules"],
        strategy=kept["strategy"],
        responsible=responsible,
        ready_key=kept["ready_key"],
        created_at=now,
        created_by=actor,
        updated_at=now,
    )
    _save(segment)
    _record(segment, "brought_back", [], actor=actor, now=now)
    return segment


def stand_of(segment: Segment) -> str:
    """Return what tells whether a segment was saved since."""
    return segment.updated_at.isoformat()


def _free_name(segment: Segment) -> str:
    taken = set(segment.business.segments.values_list("name", flat=True))
    number, name = 1, ""
    while not name or name in taken:
        number += 1
        ending = f" ({number})"
        name = segment.name[: MOST_LETTERS - len(ending)] + ending
    return name


def _save(segment: Segment, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            segment.save(update_fields=fields)
    except IntegrityError as error:
        raise NameTaken from error


def _record(
    segment: Segment, action: str, fields: list[str], *, actor: User, now: datetime
) -> None:
    record_event(
        business=segment.business,
        actor=actor,
        action=action,
        subject=segment,
        fields=fields,
        now=now,
    )
