"""Short lists that a house keeps in its own order: own fields, wishes, steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.models import CustomField, PolicyStep, PreferenceKind

HouseEntry = CustomField | PreferenceKind | PolicyStep
Entry = TypeVar("Entry", CustomField, PreferenceKind, PolicyStep)


def next_position(entries: QuerySet[Entry]) -> int:
    """Return the place after the last one."""
    last = entries.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def write_entry(
    entry: HouseEntry,
    typed: Mapping[str, Any],
    *,
    actor: User | None,
    now: datetime,
) -> list[str]:
    """Save what was typed into an entry, new or not; return the names of what changed."""
    changed = [name for name in typed if getattr(entry, name) != typed[name]]
    is_new = entry.pk is None
    for name in changed:
        setattr(entry, name, typed[name])
    if not changed:
        return []
    entry.save(update_fields=None if is_new else changed)
    _record(
        entry,
        "created" if is_new else "amended",
        changed=[] if is_new else changed,
        actor=actor,
        now=now,
    )
    return changed


@transaction.atomic
def move_entry(entry: Entry, among: QuerySet[Entry], *, by: int) -> bool:
    """Move an entry up (-1) or down (1) among those in use; return whether it moved.

    All of them are numbered anew, so that two who move at once leave no gaps or twins.
    """
    in_order = list(
        among.filter(is_archived=False).select_for_update().order_by("position", "pk")
    )
    numbers = [other.pk for other in in_order]
    if entry.pk not in numbers:
        return False
    at = numbers.index(entry.pk)
    if not by or not 0 <= at + by < len(in_order):
        return False
    in_order.insert(at + by, in_order.pop(at))
    for position, other in enumerate(in_order):
        other.position = position
        other.save(update_fields=["position"])
    return True


@transaction.atomic
def hide_entry(
    entry: HouseEntry,
    *,
    is_archived: bool,
    actor: User | None,
    now: datetime,
) -> bool:
    """Hide an entry, or bring it back; return whether that is new."""
    if entry.is_archived == is_archived:
        return False
    entry.is_archived = is_archived
    entry.save(update_fields=["is_archived"])
    action = "archived" if is_archived else "brought_back"
    _record(entry, action, actor=actor, now=now)
    return True


def _record(
    entry: HouseEntry,
    action: str,
    *,
    actor: User | None,
    now: datetime,
    changed: list[str] | None = None,
) -> None:
    record_event(
        business=entry.business,
        actor=actor,
        action=action,
        subject=entry,
        fields=changed or [],
        now=now,
    )
