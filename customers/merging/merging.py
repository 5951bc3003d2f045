"""Make two guests one. Everything that moves is written down, so that it can be undone.

The guest who goes keeps their row and what was not taken from it; nobody sees it. What
upper apps derive from visits they renew when they hear ``guests_merged``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.holding import GuestIsForgotten
from customers.merging.deriving import derive_anew
from customers.merging.images import image_of
from customers.merging.picking import GONE, KEPT, Pick, picks_for
from customers.merging.rows import (
    choose_first_contact,
    move_rows,
    newest_rows,
    note_made,
    set_needs_aside,
)
from customers.merging.values import (
    COLUMNS,
    CONTACTS,
    OWN,
    columns_of,
    set_column,
)
from customers.merging.yes_and_no import (
    Subject,
    add_stricter_agreements,
    add_stricter_words,
    says_no,
    words_of,
)
from customers.models import Guest, Merge
from customers.signals import guests_merged

# The number of the guest who goes, who has to give it away: it is nobody else's.
GAVE_AWAY = "gone.member_number"


class CannotBeOne(Exception):
    """It is one and the same guest, or another house's."""


@transaction.atomic
def merge_guests(
    kept: Guest,
    gone: Guest,
    *,
    choices: Mapping[str, str] | None = None,
    actor: User | None,
    now: datetime,
) -> Merge:
    """Make ``gone`` one with ``kept``, who stays, and return how to undo it.

    ``choices`` say by field whose value is taken, ``kept`` or ``gone``; rules decide
    what they do not name. Sends ``guests_merged``. Raise CannotBeOne, or
    GuestIsForgotten when one of them is not there any more.
    """
    if kept.pk == gone.pk or kept.business_id != gone.business_id:
        raise CannotBeOne(_("That is the same guest."))
    held = hold_both(kept, gone)
    kept, gone = held[kept.pk], held[gone.pk]
    merge = Merge.objects.create(
        business=kept.business,
        kept=kept,
        gone=gone,
        marks=newest_rows(),
        by=actor,
        at=now,
    )
    join(merge, picks_for(kept, gone, choices), now=now)
    _record(merge, actor=actor, now=now)
    return merge


def join(merge: Merge, picks: Mapping[str, Pick], *, now: datetime) -> None:
    """Give all of ``merge.gone`` to ``merge.kept``. Their locks are held."""
    kept, gone = merge.kept, merge.gone
    images = {"before": image_of(kept), "gone": image_of(gone)}
    merge.picks = {field: list(pick) for field, pick in picks.items()}
    _move(merge, picks, now=now)
    _lead_on(merge, now=now)
    derive_anew(kept, gone)
    guests_merged.send(sender=Guest, kept=kept, gone=gone, now=now)
    merge.images = images | {"after": image_of(kept)}
    merge.save(update_fields=["picks", "before", "after", "images"])


def join_again(merge: Merge, *, stays: set[str], now: datetime) -> None:
    """Make two one as they were before, after an older merge below was undone.

    Fields in ``stays`` were changed by hand since, and are left as they are.
    """
    chosen = {field: picked for field, (picked, _rule) in merge.picks.items()}
    picks = picks_for(merge.kept, merge.gone, chosen, is_again=True)
    for field in stays & set(picks):
        picks[field] = (KEPT, picks[field][1])
    join(merge, picks, now=now)


def hold_both(*guests: Guest) -> dict[int, Guest]:
    """Lock guests until the transaction ends, and read them anew, by primary key.

    With all who became them, and in one order, so that nobody waits for each other.
    Raise GuestIsForgotten when one of them is not there any more.
    """
    ids = {guest.pk for guest in guests}
    rows = (
        Guest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("business", "company", "household", "photo")
        .filter(Q(pk__in=ids) | Q(merged_into__in=ids))
        .order_by("pk")
    )
    found = {
        guest.pk: guest
        for guest in rows
        if guest.pk in ids and not (guest.is_erased or guest.is_merged)
    }
    if len(found) < len(ids):
        raise GuestIsForgotten(
            _("One of the two is not there any more, or was made one with another.")
        )
    return found


def _move(merge: Merge, picks: Mapping[str, Pick], *, now: datetime) -> None:
    kept, gone = merge.kept, merge.gone
    words = words_of(kept, gone)
    refused = {
        subject for subject in Subject.values
        if says_no(kept, subject) or says_no(gone, subject)
    }  # fmt: skip
    _take_values(merge, picks, drops_photo=Subject.PHOTO in refused, now=now)
    for field, kind in CONTACTS.items():
        if field in picks:
            is_of_gone = picks[field][0] == GONE
            choose_first_contact(merge, kind, is_of_gone=is_of_gone)
    move_rows(merge)
    note_made(merge, add_stricter_words(kept, words, merge=merge, now=now))
    note_made(merge, add_stricter_agreements(kept, refused, now=now))
    if Subject.HEALTH in refused:
        set_needs_aside(merge)


def _take_values(
    merge: Merge, picks: Mapping[str, Pick], *, drops_photo: bool, now: datetime
) -> None:
    kept, gone = merge.kept, merge.gone
    taken: dict[str, Any] = {}
    for field, (picked, _rule) in picks.items():
        if picked == GONE and field not in CONTACTS:
            taken |= columns_of(gone, dict.fromkeys(COLUMNS.get(field, (field,))))
    if drops_photo and kept.photo_id:
        taken["photo_id"] = None
    merge.before = columns_of(kept, taken)
    merge.after = taken
    if "member_number" in taken:
        _change_numbers(merge)
    for name, value in taken.items():
        set_column(kept, name, value)
    kept.updated_at = gone.updated_at = now
    kept.save(update_fields=[*columns_to_save(taken), "updated_at"])
    if "member_number" in taken and merge.before["member_number"]:
        gone.save(update_fields=["member_number"])


def _change_numbers(merge: Merge) -> None:
    """Let the guest who goes give their number away, and take the one it replaces."""
    gone = merge.gone
    merge.before[GAVE_AWAY] = gone.member_number
    Guest.objects.filter(pk=gone.pk).update(member_number="")
    gone.member_number = merge.before["member_number"]
    merge.after[GAVE_AWAY] = gone.member_number


def columns_to_save(names: Mapping[str, Any]) -> list[str]:
    """Return the columns of the table behind these: the house's own fields are one."""
    plain = [name for name in names if not name.startswith((OWN, "gone."))]
    own = any(name.startswith(OWN) for name in names)
    return [*plain, "custom"] if own else plain


def _lead_on(merge: Merge, *, now: datetime) -> None:
    """Let everybody who led to ``gone`` lead to ``kept``, in one step."""
    gone = merge.gone
    gone.merged_guests.update(merged_into=merge.kept_id)
    gone.merged_into, gone.updated_at = merge.kept, now
    gone.save(update_fields=["merged_into", "updated_at"])


def _record(merge: Merge, *, actor: User | None, now: datetime) -> None:
    taken = {
        name: value for name, value in merge.after.items()
        if name != GAVE_AWAY and merge.before[name] != value
    }  # fmt: skip
    changed = [name.removesuffix("_id") for name in columns_to_save(taken)]
    for guest, fields in ((merge.kept, changed), (merge.gone, [])):
        record_event(
            business=merge.business,
            actor=actor,
            action="merged",
            subject=guest,
            fields=fields,
            batch=str(merge.uuid),
            now=now,
        )
