"""Give rows back to the guest who goes their own way again, and those added since."""

from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from customers.merging.rows import Owned, owned_kinds
from customers.models import ContactPoint, Guest, Merge
from customers.policies import policy_for

_FIRST = "is_primary"

# Primary keys by model.
Rows = dict[str, list[int]]


def give_back_rows(merge: Merge) -> None:
    """Give each row back that is still where the merge brought it; drop what it made."""
    records = merge.rows.order_by("model", "column", "before", "after", "row")
    grouped = groupby(
        records, lambda one: (one.model, one.column, one.before, one.after)
    )
    firsts: list[int] = []
    for (label, column, before, after), group in grouped:
        keys = [record.row for record in group]
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys)
        if not column:
            rows.delete()
        elif column != _FIRST:
            held = rows.filter(**{column: after})
            _one_first_each(held, label, merge)
            held.update(**{column: before})
        elif before:
            firsts += keys
        else:
            rows.update(is_primary=False)
    _mark_again(firsts)


def follow_what_they_hang_on(merge: Merge) -> None:
    """Give what hangs on a row of the one to that one: its promise, its message."""
    kept, gone = merge.kept_id, merge.gone_id
    for kind in owned_kinds():
        unsaid = Q()
        for path in _paths_to_guest(kind):
            for owner, other in ((kept, gone), (gone, kept)):
                strayed = kind.rows().filter(
                    unsaid, **{kind.column: owner, path: other}
                )
                keys = list(strayed.values_list("pk", flat=True))
                kind.rows().filter(pk__in=keys).update(**{kind.column: other})
            # What it hangs on first decides.
            unsaid &= Q(**{f"{path}__isnull": True})


def written_since(merge: Merge) -> Rows:
    """Return rows of ``kept`` from after the merge that nothing says whose they are.

    What hangs on something else, a promise on its visit, goes without saying.
    """
    since = {}
    for kind in owned_kinds():
        alone = {f"{path}__isnull": True for path in _paths_to_guest(kind)}
        rows = kind.rows().filter(
            pk__gt=merge.marks.get(kind.label, 0),
            **{kind.column: merge.kept_id},
            **alone,
        )
        recorded = merge.rows.filter(model=kind.label).values("row")
        keys = rows.exclude(pk__in=recorded).order_by("pk")
        since[kind.label] = list(keys.values_list("pk", flat=True))
    return since


def _one_first_each(rows: Any, label: str, merge: Merge) -> None:
    """Give nobody back a second address to use first: one stayed with them all along."""
    if label == ContactPoint._meta.label_lower:
        theirs = ContactPoint.objects.filter(guest=merge.gone_id, is_primary=True)
        kinds = list(theirs.values_list("kind", flat=True))
        rows.filter(kind__in=kinds).update(is_primary=False)


def _mark_again(keys: list[int]) -> None:
    for point in ContactPoint.objects.filter(pk__in=keys).order_by("pk"):
        theirs = ContactPoint.objects.filter(guest=point.guest_id, kind=point.kind)
        if not theirs.filter(is_primary=True).exists():
            theirs.filter(pk=point.pk).update(is_primary=True)


def _paths_to_guest(kind: Owned) -> list[str]:
    """Return look-ups from a row to the guest of what it hangs on, first to last."""
    paths = list(kind.policy.follows)
    for field in kind.model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or target in (Guest, kind.model):
            continue
        policy = policy_for(target)  # type: ignore[arg-type]
        if policy is not None:
            paths.append(f"{field.name}__{policy.guest_path}")
    return paths
