"""Make two guests of one again. Each gets back what was theirs, and what came since.

Merges of the same guests may be undone in any order: younger ones are taken apart first
and made again afterwards, in the same transaction, so that each finds what it left.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.holding import GuestIsForgotten
from customers.merging.following import living, merges_in_force
from customers.merging.giving_back import Rows
from customers.merging.merging import join_again
from customers.merging.parting import Parted, copy_refusals, part
from customers.models import Guest, Merge


class CannotPart(Exception):
    """The merge was undone before, or its guests became others a moment ago."""


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
    """Two guests again: ``kept`` is whom ``gone`` was put into."""

    merge: Merge
    kept: Guest
    gone: Guest
    left: list[Left]


@transaction.atomic
def undo_merge(merge: Merge, *, actor: User | None, now: datetime) -> Undone:
    """Bring the guest back who went, with all that is theirs.

    Sends ``guests_parted``, and for younger merges both signals. Raise CannotPart, or
    GuestIsForgotten when they were forgotten meanwhile.
    """
    merges = _hold(merge)
    merge = next(one for one in merges if one == merge)
    younger = [one for one in merges if one.pk > merge.pk]
    parted: dict[int, Parted] = {}
    for one in reversed([merge, *younger]):
        below = [other for other in merges if other.pk < one.pk]
        parted[one.pk] = part(one, below, now=now)
    since = _since(merge, younger, parted)
    copy_refusals(merge.gone, since, now=now)
    for one in younger:
        _make_again(one, parted[one.pk], now=now)
    left = [Left(field=field) for field in sorted(parted[merge.pk].fields)]
    left += [Left(model=label, count=len(keys)) for label, keys in since.items()]
    _close(merge, left, actor=actor, now=now)
    return Undone(merge, _read(merge.kept_id), _read(merge.gone_id), left)


def _hold(merge: Merge) -> list[Merge]:
    """Lock all that these guests were made of, and return their merges, oldest first."""
    root = living(Guest.objects.select_related("merged_into").get(pk=merge.kept_id))
    ids = sorted({root.pk, *(one.gone_id for one in merges_in_force(root))})
    rows = Guest.objects.select_for_update(of=("self",), no_key=True)
    held = {guest.pk: guest for guest in rows.filter(pk__in=ids).order_by("pk")}
    root = held[root.pk]
    if root.is_erased:
        raise GuestIsForgotten(_("This guest has been forgotten meanwhile."))
    merges = sorted(merges_in_force(root), key=lambda one: one.pk)
    is_whole = {one.gone_id for one in merges} | {root.pk} == set(ids)
    if root.is_merged or not is_whole or merge not in merges:
        raise CannotPart(
            _("This was undone already, or changed a moment ago. Look at it again.")
        )
    return merges


def _since(merge: Merge, younger: list[Merge], parted: dict[int, Parted]) -> Rows:
    """Return what was written down since, with whoever ``kept`` was by then."""
    since = {label: set(keys) for label, keys in parted[merge.pk].since.items()}
    kept = {merge.kept_id}
    for one in younger:
        if one.gone_id in kept:
            kept.add(one.kept_id)
            for label, keys in parted[one.pk].since.items():
                since.setdefault(label, set()).update(keys)
    return {label: sorted(keys) for label, keys in since.items() if keys}


def _make_again(merge: Merge, parted: Parted, *, now: datetime) -> None:
    merge.kept, merge.gone = _read(merge.kept_id), _read(merge.gone_id)
    join_again(merge, stays=parted.fields, now=now)


def _read(guest_id: int) -> Guest:
    rows = Guest.objects.select_related("business", "company", "household", "photo")
    return rows.get(pk=guest_id)


def _close(
    merge: Merge, left: list[Left], *, actor: User | None, now: datetime
) -> None:
    """Keep that it was, and nothing that was needed to undo it."""
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
    for guest in (merge.kept, merge.gone):
        record_event(
            business=merge.business,
            actor=actor,
            action="parted",
            subject=guest,
            batch=str(merge.uuid),
            now=now,
        )
