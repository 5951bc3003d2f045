"""Who a guest is now: the one they were made one with, if they were."""

from collections.abc import Iterable

from django.db.models import Q

from customers.models import Guest, Merge


def living(guest: Guest) -> Guest:
    """Return the guest that ``guest`` is now. Costs one query at most."""
    return guest.merged_into or guest


def everybody(guest: Guest) -> list[Guest]:
    """Return the guest and all who became this guest, in the order of their numbers."""
    rows = Guest.objects.select_related("business", "company", "household", "photo")
    return list(rows.filter(Q(pk=guest.pk) | Q(merged_into=guest.pk)).order_by("pk"))


def hold_everybody(guest: Guest) -> Guest:
    """Lock whoever ``guest`` is now, and all who became them, until the transaction ends.

    In one order, as merges are made and undone. Return whoever it is; they may have been
    forgotten.
    """
    while True:
        now_is = living(Guest.objects.select_related("merged_into").get(pk=guest.pk))
        rows = Guest.objects.select_for_update(of=("self",), no_key=True)
        entries = rows.filter(Q(pk=now_is.pk) | Q(merged_into=now_is.pk))
        list(entries.order_by("pk").values_list("pk", flat=True))
        held = Guest.objects.select_related("business").get(pk=now_is.pk)
        if not held.is_merged:
            return held


def merges_in_force(guest: Guest) -> list[Merge]:
    """Return the merges that made ``guest``, who lives, of several; newest first."""
    rows = Merge.objects.filter(gone__merged_into=guest.pk, undone_at=None)
    return list(rows.select_related("gone", "kept", "by").order_by("-at", "-pk"))


def led_by(guest_id: int, merges: Iterable[Merge]) -> set[int]:
    """Return whom these merges lead to ``guest_id``, in however many steps."""
    merges = list(merges)
    found: set[int] = set()
    near = {guest_id}
    while near:
        near = {one.gone_id for one in merges if one.kept_id in near} - found
        found |= near
    return found
