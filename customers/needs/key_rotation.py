"""Move what is sealed under the first key, so that an old key can be taken away."""

from dataclasses import dataclass

from django.db import transaction

from crm.core.encryption import CannotUnseal, reseal
from customers.models import HealthNeed

CHUNK = 500


@dataclass(slots=True)
class Rotation:
    """How many were moved, and how many none of the keys opens."""

    moved: int = 0
    unreadable: int = 0


def rotate_keys() -> Rotation:
    """Seal every need anew that is not under the first key. May be run again."""
    done, after = Rotation(), 0
    while (last := _rotate_chunk(done, after=after)) is not None:
        after = last
    return done


@transaction.atomic
def _rotate_chunk(done: Rotation, *, after: int) -> int | None:
    rows = HealthNeed.objects.filter(pk__gt=after).order_by("pk")
    needs = list(rows.select_for_update().only("pk", "sealed")[:CHUNK])
    moved = []
    for need in needs:
        try:
            sealed = reseal(need.sealed)
        except CannotUnseal:
            done.unreadable += 1
            continue
        if sealed is not None:
            need.sealed = sealed
            moved.append(need)
    HealthNeed.objects.bulk_update(moved, ["sealed"])
    done.moved += len(moved)
    return needs[-1].pk if needs else None
