"""Give rows back to the guest who goes their own way again, and those added since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from customers.merging.rows import Owned, owned_kinds
from customers.merging.yes_and_no import EVIDENCE
from customers.models import (
    Agreement,
    ConsentEvent,
    ContactPoint,
    Guest,
    Merge,
    MergedRow,
)
from customers.policies import policy_for

_FIRST = "is_primary"


@dataclass(frozen=True, slots=True)
class Chain:
    """A merge to undo, and those in force around it.

    ``root`` is the guest who lives; ``above`` lead there from whom the merge kept, one
    after the other, and ``others`` are all that made ``root`` beside this one.
    """

    merge: Merge
    root: Guest
    above: list[Merge]
    others: list[Merge]

    @staticmethod
    def kinds() -> Iterator[Owned]:
        return owned_kinds()

    def now(self, guest_id: int | None) -> int | None:
        """Return who has by now what was that guest's when the merge was made."""
        if guest_id is None or guest_id == self.merge.gone_id:
            return guest_id
        return self.root.pk


def give_back_rows(chain: Chain) -> None:
    """Give each row back that is still where the merge brought it; drop what it made."""
    records = chain.merge.rows.order_by("model", "column", "before", "after", "row")
    grouped = groupby(
        records, lambda one: (one.model, one.column, one.before, one.after)
    )
    firsts: list[int] = []
    for (label, column, before, after), group in grouped:
        keys = [record.row for record in group]
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys)
        if not column:
            rows.delete()
        elif column == _FIRST:
            firsts += _unmark(rows, keys, was_first=bool(before))
        else:
            held = rows.filter(**{column: chain.now(after)})
            _one_first_each(held, label, chain)
            held.update(**{column: chain.now(before)})
        _forget_above(chain, label, column, keys)
    _mark_again(firsts)


def follow_what_they_hang_on(chain: Chain) -> None:
    """Give what hangs on a row of the one to that one: its promise, its message."""
    root, gone = chain.root.pk, chain.merge.gone_id
    for kind in chain.kinds():
        unsaid = Q()
        for path in paths_to_guest(kind):
            for owner, other in ((root, gone), (gone, root)):
                strayed = kind.rows().filter(
                    unsaid, **{kind.column: owner, path: other}
                )
                keys = list(strayed.values_list("pk", flat=True))
                kind.rows().filter(pk__in=keys).update(**{kind.column: other})
            # What it hangs on first decides.
            unsaid &= Q(**{f"{path}__isnull": True})


def since_they_were_one(chain: Chain) -> dict[str, list[int]]:
    """Return rows written down since, that nothing says whose they are, by model.

    Those that came with others are theirs, and so is what whoever stands above had
    before they were one.
    """
    marks = chain.merge.marks
    last = chain.above[-1].marks if chain.above else marks
    since = {}
    for kind in chain.kinds():
        label = kind.label
        rows = kind.rows().filter(
            pk__gt=marks.get(label, 0), **{kind.column: chain.root.pk}
        )
        keys = set(rows.values_list("pk", flat=True))
        keys -= _recorded([chain.merge], label)
        keys -= _recorded(
            [one for one in chain.others if one not in chain.above], label
        )
        if chain.above:
            came_up = _recorded(chain.above[:1], label)
            newest = last.get(label, 0)
            keys = {key for key in keys if key in came_up or key > newest}
        since[label] = sorted(keys)
    return since


def copy_refusals(chain: Chain, since: dict[str, list[int]], *, now: datetime) -> None:
    """Let a no that was said meanwhile hold for both: whoever it was, they are heard."""
    for model in (ConsentEvent, Agreement):
        keys = since.get(model._meta.label_lower, [])
        rows: Any = model._base_manager.filter(
            pk__in=keys, guest=chain.root.pk, is_granted=False
        )
        copies = list(rows.order_by("at", "pk"))
        for row in copies:
            row.pk, row.guest_id = None, chain.merge.gone_id
            row.source, row.at = ConsentEvent.Source.MERGE, now
            if model is ConsentEvent:
                row.evidence, row.sale_visit = EVIDENCE, None
        model._base_manager.bulk_create(copies)


def _recorded(merges: list[Merge], label: str) -> set[int]:
    rows = MergedRow.objects.filter(merge__in=merges, model=label)
    return set(rows.exclude(column=_FIRST).values_list("row", flat=True))


def _forget_above(chain: Chain, label: str, column: str, keys: list[int]) -> None:
    # These are no longer theirs to give.
    if chain.above:
        MergedRow.objects.filter(
            merge__in=chain.above, model=label, column=column, row__in=keys
        ).delete()


def _unmark(rows: Any, keys: list[int], *, was_first: bool) -> list[int]:
    """Take the mark from rows the merge put first; return those it took it from."""
    if was_first:
        return keys
    rows.update(is_primary=False)
    return []


def _one_first_each(rows: Any, label: str, chain: Chain) -> None:
    """Give nobody back a second address to use first: one stayed with them all along."""
    if label == ContactPoint._meta.label_lower:
        theirs = ContactPoint.objects.filter(guest=chain.merge.gone_id, is_primary=True)
        rows.filter(kind__in=list(theirs.values_list("kind", flat=True))).update(
            is_primary=False
        )


def _mark_again(keys: list[int]) -> None:
    for point in ContactPoint.objects.filter(pk__in=keys).order_by("pk"):
        theirs = ContactPoint.objects.filter(guest=point.guest_id, kind=point.kind)
        if not theirs.filter(is_primary=True).exists():
            theirs.filter(pk=point.pk).update(is_primary=True)


def paths_to_guest(kind: Owned) -> list[str]:
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
