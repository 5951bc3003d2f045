"""Give rows from one guest to another by their policy, and write down which."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from customers.models import ContactPoint, HealthNeed, Merge, MergedRow
from customers.policies import GuestDataPolicy, OnMerge, policies

_MOVING = {OnMerge.MOVE, OnMerge.MOVE_IF_ABSENT}
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Owned:
    """A kind of row that belongs to a guest by a column of its own."""

    policy: GuestDataPolicy
    model: type[models.Model]
    column: str

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)

    def rows(self) -> QuerySet[Any]:
        return self.model._base_manager.order_by()


def owned_kinds() -> Iterator[Owned]:
    """Give each kind of row that moves, what others point at before those."""
    for policy in reversed(policies()):
        if policy.on_merge in _MOVING and "__" not in policy.guest_path:
            yield Owned(policy, policy.model, policy.guest_path)


def newest_rows() -> dict[str, int]:
    """Return the highest primary key by model, to know later rows by."""
    return {
        kind.label: kind.rows().aggregate(newest=Max("pk"))["newest"] or 0
        for kind in owned_kinds()
    }


def move_rows(merge: Merge) -> None:
    """Give all rows of ``merge.gone`` that move to ``merge.kept``."""
    kept, gone = merge.kept_id, merge.gone_id
    for kind in owned_kinds():
        for path in kind.policy.other_guest_paths:
            _name_anew(merge, kind, path)
        rows = kind.rows().filter(**{kind.column: gone})
        if kind.policy.on_merge is OnMerge.MOVE_IF_ABSENT:
            rows = _absent(rows, kind, kept)
        put(merge, kind.model, rows, kind.column, before=gone, after=kept)


def put(
    merge: Merge,
    model: type[models.Model],
    rows: QuerySet[Any],
    column: str,
    *,
    before: int | None,
    after: int | None,
) -> None:
    """Set ``column`` of the rows, which held ``before``, and write each of them down."""
    keys = list(rows.values_list("pk", flat=True))
    for some in _some(keys):
        model._base_manager.filter(pk__in=some).update(**{column: after})
        MergedRow.objects.bulk_create(
            MergedRow(
                business_id=merge.business_id,
                merge=merge,
                model=model._meta.label_lower,
                row=key,
                column=column,
                before=before,
                after=after,
            )
            for key in some
        )


def note_made(merge: Merge, rows: Iterable[models.Model]) -> None:
    """Write down rows that the merge itself made."""
    MergedRow.objects.bulk_create(
        MergedRow(
            business_id=merge.business_id,
            merge=merge,
            model=row._meta.label_lower,
            row=row.pk,
        )
        for row in rows
    )


def choose_first_contact(merge: Merge, kind: str, *, is_of_gone: bool) -> None:
    """Say which address or number of two guests is used first. Call it before they move."""
    mine = ContactPoint.objects.filter(guest=merge.kept_id, kind=kind)
    theirs = ContactPoint.objects.filter(guest=merge.gone_id, kind=kind)
    held = mine.values_list("normalized", flat=True)
    moving = theirs.exclude(normalized__in=list(held))
    if not is_of_gone:
        _mark(merge, moving.filter(is_primary=True), is_first=False)
        return
    first = theirs.order_by("-is_primary", "created_at", "pk").first()
    same = mine.filter(normalized=first.normalized if first else "")
    before = mine.filter(is_primary=True).exclude(pk__in=same.values("pk"))
    _mark(merge, before, is_first=False)
    if not moving.filter(is_primary=True).exists():
        _mark(merge, same.filter(is_primary=False), is_first=True)


def set_needs_aside(merge: Merge) -> None:
    """Leave what was remembered on a yes that no longer holds where nobody sees it.

    Undoing the merge brings it back, unless its time was over meanwhile.
    """
    remembered = HealthNeed.objects.filter(guest=merge.kept_id).exclude(agreement=None)
    moved = merge.rows.filter(
        model=HealthNeed._meta.label_lower, row__in=remembered.values("pk")
    )
    back = list(moved.values_list("row", flat=True))
    moved.delete()
    HealthNeed.objects.filter(pk__in=back).update(guest=merge.gone_id)
    put(
        merge, HealthNeed, remembered, "guest",
        before=merge.kept_id, after=merge.gone_id,
    )  # fmt: skip


def _mark(merge: Merge, points: QuerySet[ContactPoint], *, is_first: bool) -> None:
    put(
        merge, ContactPoint, points, "is_primary",
        before=int(not is_first), after=int(is_first),
    )  # fmt: skip


def _name_anew(merge: Merge, kind: Owned, path: str) -> None:
    """Where ``gone`` is named beside, name ``kept``; nobody is named beside themselves."""
    if "__" in path:
        return
    kept, gone = merge.kept_id, merge.gone_id
    named = kind.rows().filter(**{path: gone})
    own = Q(**{f"{kind.column}__in": (kept, gone)})
    put(merge, kind.model, named.filter(own), path, before=gone, after=None)
    put(merge, kind.model, named.exclude(own), path, before=gone, after=kept)
    beside = kind.rows().filter(**{path: kept, kind.column: gone})
    put(merge, kind.model, beside, path, before=kept, after=None)


def _absent(rows: QuerySet[Any], kind: Owned, kept: int) -> QuerySet[Any]:
    """Return the rows of which the guest who stays has not the same."""
    theirs = kind.rows().filter(**{kind.column: kept})
    if getattr(kind.model._meta.get_field(kind.column), "unique", False):
        return rows.filter(~Exists(theirs))
    for constraint in kind.model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or constraint.condition:
            continue
        if kind.column not in constraint.fields:
            continue
        others = {name: OuterRef(name) for name in constraint.fields}
        others.pop(kind.column)
        rows = rows.filter(~Exists(theirs.filter(**others)))
    return rows


def _some(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
