"""Where notes are read: in the guest's story, on top of it, on arrival cards."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.text import Truncator

from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes
from customers.models import Guest, Note, NoteVersion, Visit
from customers.notes.writing import notes_seen
from customers.timeline import TimelineEntry

# A card has room for a line.
CARD_LENGTH = 90
MOST_ON_A_CARD = 3


def once_for(guest: Guest) -> str:
    """Return the purpose of the token that makes a form write one note."""
    return f"note:{guest.pk}"


def note_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return the guest's notes with all their versions. Two queries."""
    notes = guest.notes.filter(removed_at=None).select_related("venue", "author")
    if before:
        notes = notes.filter(created_at__lt=before)
    newest = with_versions(notes.order_by("-created_at", "-pk")[:limit])
    return [
        TimelineEntry(
            at=note.created_at,
            key=f"note:{note.pk:020}",
            template="customers/timeline_note.html",
            subject=note,
            tone="brass" if note.is_pinned else "quiet",
            venue_id=note.venue_id,
        )
        for note in newest
    ]


def with_versions(notes: Iterable[Note]) -> list[Note]:
    """Return the notes with their versions loaded, the newest first. One query."""
    loaded = list(notes)
    versions = NoteVersion.objects.select_related("written_by").order_by("-number")
    prefetch_related_objects(loaded, Prefetch("versions", queryset=versions))
    return loaded


def pinned_notes(guest: Guest, venue_ids: Sequence[int]) -> list[Note]:
    """Return what is kept on top for people of these venues. One query."""
    notes = notes_seen(guest.business, venue_ids).filter(guest=guest, is_pinned=True)
    return list(notes.select_related("venue", "author").order_by("-created_at", "-pk"))


def pinned_on_cards(
    business: Business, visits: Sequence[Visit]
) -> dict[int, CardNotes]:
    """Remind of what is kept on top, of a venue's own notes only there. One query."""
    pinned: dict[int, list[Note]] = {}
    found = notes_seen(business, ()).filter(
        guest__in={visit.guest_id for visit in visits}, is_pinned=True
    )
    for note in found.order_by("-created_at", "-pk"):
        pinned.setdefault(note.guest_id, []).append(note)
    return {
        visit.pk: CardNotes(reminders=_lines(pinned[visit.guest_id], visit))
        for visit in visits
        if visit.guest_id in pinned
    }


def _lines(notes: list[Note], visit: Visit) -> list[str]:
    here = [note for note in notes if note.venue_id in {None, visit.venue_id}]
    return [
        Truncator(" ".join(note.text.split())).chars(CARD_LENGTH)
        for note in here[:MOST_ON_A_CARD]
    ]
