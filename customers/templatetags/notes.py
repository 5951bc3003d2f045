"""What the parts of a guest page about notes need, wherever they are included."""

from dataclasses import dataclass

from django import template
from django.template import Context

from crm.core.once import fresh_token
from crm.tenancy.models import Staff
from customers.models import Guest, Note
from customers.notes import showing as guest_notes
from customers.notes.forms import NoteForm

register = template.Library()


@dataclass(frozen=True, slots=True)
class Composer:
    """A form for a new note, and the token that keeps it from being written twice."""

    form: NoteForm
    once: str


@register.simple_tag(takes_context=True)
def composer_for(context: Context, guest: Guest) -> Composer:
    """Return an empty form, or ``note_form`` when what was typed must be put right."""
    form = context.get("note_form") or NoteForm(
        business_id=guest.business_id,
        venue_ids=_own_venue_ids(context),
        auto_id="note-%s",
    )
    return Composer(form, fresh_token(guest_notes.once_for(guest)))


@register.simple_tag(takes_context=True)
def pinned_for(context: Context, guest: Guest) -> list[Note]:
    return guest_notes.pinned_notes(guest, _own_venue_ids(context))


def _own_venue_ids(context: Context) -> list[int]:
    staff: Staff = context["staff"]
    return staff.venue_ids
