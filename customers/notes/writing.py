"""Notes about guests: every version is kept, and what is taken away can come back.

Who works for some venues alone sees their notes and those for the whole house.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business, Venue
from customers.holding import hold_guest
from customers.models import Guest, Note, NoteVersion, known

# A note that was taken away can be brought back for so long.
KEEP_REMOVED = timedelta(days=30)


class NoteWasChanged(Exception):
    """Somebody else wrote a newer version, or took the note away, meanwhile."""


def notes_seen(
    business: Business, venue_ids: Sequence[int], *, with_removed: bool = False
) -> QuerySet[Note]:
    """Return notes that people of these venues see; none named means all of them."""
    notes = Note.objects.filter(known("guest"), business=business)
    if not with_removed:
        notes = notes.filter(removed_at=None)
    return notes.filter(_is_for(venue_ids)) if venue_ids else notes


def _is_for(venue_ids: Iterable[int]) -> Q:
    return Q(venue=None) | Q(venue__in=venue_ids)


@transaction.atomic
def write_note(
    guest: Guest,
    *,
    uuid: UUID,
    text: str,
    venue: Venue | None,
    is_pinned: bool,
    author: User,
    now: datetime,
) -> Note:
    """Write a note down. With the same ``uuid`` again, return the one there is.

    Raise GuestIsForgotten.
    """
    hold_guest(guest)
    if there := guest.notes.filter(uuid=uuid).first():
        return there
    note = Note.objects.create(
        business=guest.business,
        guest=guest,
        uuid=uuid,
        text=text,
        venue=venue,
        is_pinned=is_pinned,
        author=author,
        created_at=now,
    )
    _add_version(note, number=1, author=author, now=now)
    _record(note, "created", actor=author, now=now)
    return note


@transaction.atomic
def change_note(
    note: Note,
    *,
    text: str,
    venue: Venue | None,
    seen: int,
    actor: User,
    now: datetime,
) -> list[str]:
    """Change a note whose version ``seen`` was read; return what changed.

    A new text is a new version. A note that was taken away comes back, if that was
    known: ``seen`` is then 0. Raise NoteWasChanged, or GuestIsForgotten.
    """
    held, newest = _held(note)
    if seen != (0 if held.removed_at else newest):
        raise NoteWasChanged
    changed = []
    if held.removed_at:
        held.removed_at = None
        changed.append("removed_at")
    if held.text != text:
        held.text, held.edited_at = text, now
        changed.append("text")
        _add_version(held, number=newest + 1, author=actor, now=now)
    if held.venue_id != (venue.pk if venue else None):
        held.venue = venue
        changed.append("venue")
    if changed:
        held.save(update_fields=["text", "edited_at", "venue", "removed_at"])
        _record(held, "amended", actor=actor, now=now, fields=changed)
    return changed


@transaction.atomic
def pin_note(note: Note, *, is_pinned: bool, actor: User, now: datetime) -> None:
    """Keep a note on top, or no longer."""
    held, _newest = _held(note)
    if held.is_pinned != is_pinned:
        held.is_pinned = is_pinned
        held.save(update_fields=["is_pinned"])
        action = "pinned" if is_pinned else "unpinned"
        _record(held, action, actor=actor, now=now)


@transaction.atomic
def remove_note(note: Note, *, actor: User, now: datetime) -> None:
    """Take a note away; it goes for good after a while."""
    held, _newest = _held(note)
    if held.removed_at is None:
        held.removed_at = now
        held.save(update_fields=["removed_at"])
        _record(held, "removed", actor=actor, now=now)


@transaction.atomic
def bring_back_note(note: Note, *, actor: User, now: datetime) -> None:
    held, _newest = _held(note)
    if held.removed_at is not None:
        held.removed_at = None
        held.save(update_fields=["removed_at"])
        _record(held, "brought_back", actor=actor, now=now)


def forget_removed_notes(*, now: datetime) -> int:
    """Delete what was taken away long enough ago; return how many notes went."""
    old = Note.objects.filter(removed_at__lte=now - KEEP_REMOVED)
    _rows, by_model = old.delete()
    return by_model.get(Note._meta.label, 0)


def version_seen(note: Note) -> int:
    """Return what ``change_note`` wants to know of a note as it is now. One query."""
    return 0 if note.removed_at else _newest_number(note)


def newest_version(note: Note) -> NoteVersion | None:
    return note.versions.select_related("written_by").order_by("-number").first()


def _held(note: Note) -> tuple[Note, int]:
    """Lock guest and note, in this order, and return the note and its newest version."""
    hold_guest(note.guest)
    held = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    held.business, held.guest = note.business, note.guest
    return held, _newest_number(held)


def _newest_number(note: Note) -> int:
    numbers = note.versions.order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0


def _add_version(note: Note, *, number: int, author: User, now: datetime) -> None:
    NoteVersion.objects.create(
        business=note.business,
        note=note,
        number=number,
        text=note.text,
        written_by=author,
        written_at=now,
    )


def _record(
    note: Note,
    action: str,
    *,
    actor: User,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    record_event(
        business=note.business,
        actor=actor,
        action=action,
        subject=note,
        fields=fields,
        now=now,
    )
