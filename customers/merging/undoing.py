"""Make two guests of one again. Each gets back what was theirs, and what came since.

Merges on top of this one stay in force: whoever ``gone`` was put into may have been made
one with another since, and that one gives back what it holds of ``gone``.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.merging.deriving import derive_anew
from customers.merging.following import led_by, living, merges_in_force, steps_up
from customers.merging.giving_back import (
    Chain,
    copy_refusals,
    follow_what_they_hang_on,
    give_back_rows,
    paths_to_guest,
    since_they_were_one,
)
from customers.merging.images import image_of, put_back
from customers.merging.merging import hold_both
from customers.merging.taking_back import take_values_back
from customers.models import Guest, Merge
from customers.signals import guests_parted


class CannotPart(Exception):
    """The merge was undone before, or another one of these guests has just been made."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stayed with the guest who was kept, as nothing shows whose it is.

    Either ``field`` was changed, or ``count`` rows of ``model`` were written down.
    """

    field: str = ""
    model: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Undone:
    """Two guests again: ``kept`` lives, and ``gone`` is back."""

    merge: Merge
    kept: Guest
    gone: Guest
    left: list[Left]


@transaction.atomic
def undo_merge(merge: Merge, *, actor: User | None, now: datetime) -> Undone:
    """Bring the guest back who went, with all that is theirs.

    Sends ``guests_parted``. Raise CannotPart, or GuestIsForgotten when they were
    forgotten meanwhile.
    """
    merge, root = _hold(merge)
    gone = merge.gone
    chain = _chain(merge, root)
    fields = take_values_back(chain)
    since = since_they_were_one(chain)
    give_back_rows(chain)
    follow_what_they_hang_on(chain)
    copy_refusals(chain, since, now=now)
    left = [Left(field=field) for field in fields] + _left(chain, since)
    _lead_back(chain, now=now)
    root = Guest.objects.select_related("business", "company").get(pk=root.pk)
    gone = Guest.objects.select_related("business", "company").get(pk=gone.pk)
    put_back(gone, merge.images["gone"], image_of(gone))
    if root.pk == merge.kept_id:
        put_back(root, merge.images["before"], merge.images["after"])
    derive_anew(root, gone)
    _close(merge, left, actor=actor, now=now)
    guests_parted.send(sender=Guest, kept=root, gone=gone, now=now)
    for guest in (root, gone):
        record_event(
            business=merge.business,
            actor=actor,
            action="parted",
            subject=guest,
            batch=str(merge.uuid),
            now=now,
        )
    return Undone(merge, root, gone, left)


def _hold(merge: Merge) -> tuple[Merge, Guest]:
    """Lock whoever lives and who is to come back, and read the merge as it is then."""
    kept = Guest.objects.select_related("merged_into").get(pk=merge.kept_id)
    root = living(kept)
    held = lock_for_parting(root, merge.gone_id)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.is_undone or held[merge.gone_id].merged_into_id != root.pk:
        raise CannotPart(
            _("This was undone already, or changed a moment ago. Look at it again.")
        )
    merge.kept = held.get(merge.kept_id, kept)
    merge.gone = held[merge.gone_id]
    return merge, held[root.pk]


def lock_for_parting(root: Guest, gone_id: int) -> dict[int, Guest]:
    """Lock both, in one order; only ``root`` has to live. Raise GuestIsForgotten."""
    rows = Guest.objects.select_for_update(of=("self",), no_key=True).select_related(
        "business", "company"
    )
    held = {
        guest.pk: guest
        for guest in rows.filter(pk__in=(root.pk, gone_id)).order_by("pk")
    }
    hold_both(held[root.pk])
    return held


def _chain(merge: Merge, root: Guest) -> Chain:
    merges = merges_in_force(root)
    return Chain(
        merge=merge,
        root=root,
        above=steps_up(merge, merges),
        others=[one for one in merges if one.pk != merge.pk],
    )


def _left(chain: Chain, since: dict[str, list[int]]) -> list[Left]:
    """Return what was written down since and is still with the guest who was kept.

    What hangs on something else, a promise on its visit, goes without saying.
    """
    left = []
    for kind in chain.kinds():
        keys = since.get(kind.label, [])
        alone = {f"{path}__isnull": True for path in paths_to_guest(kind)}
        rows = kind.rows().filter(pk__in=keys, **{kind.column: chain.root.pk}, **alone)
        if keys and (count := rows.count()):
            left.append(Left(model=kind.label, count=count))
    return left


def _lead_back(chain: Chain, *, now: datetime) -> None:
    """Let ``gone`` live, with those who led to them."""
    gone = chain.merge.gone_id
    with_them = led_by(gone, chain.others)
    Guest.objects.filter(pk__in=with_them).update(merged_into=gone)
    Guest.objects.filter(pk=gone).update(merged_into=None)
    Guest.objects.filter(pk__in=(gone, chain.root.pk)).update(updated_at=now)


def _close(
    merge: Merge, left: list[Left], *, actor: User | None, now: datetime
) -> None:
    """Keep that it was, and nothing that was needed to undo it."""
    merge.rows.all().delete()
    merge.undone_at, merge.undone_by = now, actor
    merge.before, merge.after, merge.images, merge.marks = {}, {}, {}, {}
    merge.left = [
        {"field": one.field} if one.field else {"model": one.model, "count": one.count}
        for one in left
    ]
    merge.save(
        update_fields=[
            "undone_at", "undone_by", "before", "after", "images", "marks", "left"
        ]
    )  # fmt: skip
