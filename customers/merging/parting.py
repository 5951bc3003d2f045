"""Take one merge apart, as it was the last that was made of these guests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.merging.deriving import derive_anew
from customers.merging.following import led_by
from customers.merging.giving_back import (
    Rows,
    follow_what_they_hang_on,
    give_back_rows,
    written_since,
)
from customers.merging.images import image_of, put_back
from customers.merging.taking_back import take_values_back
from customers.merging.yes_and_no import EVIDENCE
from customers.models import Agreement, ConsentEvent, Guest, Merge
from customers.signals import guests_parted


@dataclass(frozen=True, slots=True)
class Parted:
    """What stayed with ``kept``: fields changed since, and rows written since."""

    fields: set[str]
    since: Rows


def part(merge: Merge, below: Iterable[Merge], *, now: datetime) -> Parted:
    """Make two of one again. ``below`` are older merges of these guests, in force.

    Their locks are held, and both are read anew. Sends ``guests_parted``.
    """
    merge.kept, merge.gone = _read(merge.kept_id), _read(merge.gone_id)
    fields = take_values_back(merge)
    give_back_rows(merge)
    follow_what_they_hang_on(merge)
    since = written_since(merge)
    merge.rows.all().delete()
    _lead_back(merge, below, now=now)
    merge.kept, merge.gone = _read(merge.kept_id), _read(merge.gone_id)
    put_back(merge.gone, merge.images["gone"], image_of(merge.gone))
    put_back(merge.kept, merge.images["before"], merge.images["after"])
    derive_anew(merge.kept, merge.gone)
    guests_parted.send(sender=Guest, kept=merge.kept, gone=merge.gone, now=now)
    return Parted(fields, since)


def copy_refusals(gone: Guest, since: Rows, *, now: datetime) -> None:
    """Let a no that was said meanwhile hold for both: whoever it was, they are heard."""
    for model in (ConsentEvent, Agreement):
        keys = since.get(model._meta.label_lower, [])
        rows: Any = model._base_manager.filter(pk__in=keys, is_granted=False)
        copies = list(rows.order_by("at", "pk"))
        for row in copies:
            row.pk, row.guest = None, gone
            row.source, row.at = ConsentEvent.Source.MERGE, now
            if isinstance(row, ConsentEvent):
                row.evidence, row.sale_visit = EVIDENCE, None
        model._base_manager.bulk_create(copies)


def _read(guest_id: int) -> Guest:
    rows = Guest.objects.select_related("business", "company", "household", "photo")
    return rows.get(pk=guest_id)


def _lead_back(merge: Merge, below: Iterable[Merge], *, now: datetime) -> None:
    """Let ``gone`` live, with those who led to them."""
    with_them = led_by(merge.gone_id, below)
    Guest.objects.filter(pk__in=with_them).update(merged_into=merge.gone_id)
    Guest.objects.filter(pk=merge.gone_id).update(merged_into=None)
    both = (merge.kept_id, merge.gone_id)
    Guest.objects.filter(pk__in=both).update(updated_at=now)
