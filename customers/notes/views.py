"""Write notes about a guest, put them right, keep them on top, take them away."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.core.once import promised_uuid
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.in_place import ask_in_place
from customers.models import Guest, Note
from customers.notes.forms import NoteChangeForm, NoteForm
from customers.notes.showing import once_for, with_versions
from customers.notes.writing import (
    NoteWasChanged,
    bring_back_note,
    change_note,
    newest_version,
    notes_seen,
    pin_note,
    remove_note,
    version_seen,
    write_note,
)
from customers.views import known_guest
from customers.visiting.visit_views import own_venue_ids

# What the parts of the guest page listen to: the story, and the notes on top.
STORY, ON_TOP = "story-changed", "notes-changed"


@require_POST
@staff_view(Staff.Role.STAFF)
def note_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    form = NoteForm(
        request.POST,
        business_id=request.business.pk,
        venue_ids=own_venue_ids(request),
        auto_id="note-%s",
    )
    if not form.is_valid():
        return _composer(request, guest, form)
    token = request.POST.get("once", "")
    try:
        write_note(
            guest,
            uuid=promised_uuid(once_for(guest), token),
            author=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except GuestIsForgotten as problem:
        raise Http404 from problem
    toast(request, _("Noted."))
    if not _is_htmx(request):
        return _to_guest(request, guest)
    return trigger_client_event(_composer(request, guest, None), STORY)


def _composer(
    request: StaffRequest, guest: Guest, form: NoteForm | None
) -> HttpResponse:
    context = {"guest": guest, "note_form": form}
    if not _is_htmx(request):
        return render(request, "customers/note_new.html", context)
    body = render_to_string("customers/note_composer.html", context, request)
    return HttpResponse(body + _toasts(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
def note_edit(request: StaffRequest, note_uuid: UUID) -> HttpResponse:
    """Change a note. Who comes second is shown what the first one wrote."""
    note = _seen_note(request, note_uuid, with_removed=True)
    form = _change_form(request, note)
    if request.method != "POST" or not form.is_valid():
        seen = request.POST.get("seen", version_seen(note))
        return _ask(request, note, form, seen=seen)
    try:
        change_note(
            note,
            seen=_number(request.POST.get("seen", "")),
            actor=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except NoteWasChanged:
        return _ask_again(request, note)
    except (GuestIsForgotten, Note.DoesNotExist) as problem:
        raise Http404 from problem
    toast(request, _("Saved."))
    return _answer(request, _seen_note(request, note_uuid))


def _change_form(request: StaffRequest, note: Note) -> NoteChangeForm:
    return NoteChangeForm(
        request.POST if request.method == "POST" else None,
        business_id=request.business.pk,
        venue_ids=own_venue_ids(request),
        note=note,
    )


def _ask(
    request: StaffRequest, note: Note, form: NoteChangeForm, **context: object
) -> HttpResponse:
    context |= {"form": form, "note": note, "guest": note.guest}
    return ask_in_place(request, "customers/note_form.html", context)


def _ask_again(request: StaffRequest, note: Note) -> HttpResponse:
    """Show what was typed below what stands there now; to save again is to know it."""
    note = _seen_note(request, note.uuid, with_removed=True)
    seen, theirs = version_seen(note), newest_version(note)
    form = _change_form(request, note)
    return _ask(request, note, form, seen=seen, theirs=theirs)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


@require_POST
@staff_view(Staff.Role.STAFF)
def note_pin(request: StaffRequest, note_uuid: UUID) -> HttpResponse:
    note = _seen_note(request, note_uuid)
    is_pinned = request.POST.get("to") == "on"
    _or_404(pin_note, request, note, is_pinned=is_pinned)
    words = _("Kept on top.") if is_pinned else _("No longer on top.")
    toast(request, words)
    if request.htmx.target == "pinned-notes":  # type: ignore[attr-defined]
        context = {"guest": note.guest}
        body = render_to_string("customers/pinned_notes.html", context, request)
        return trigger_client_event(HttpResponse(body + _toasts(request)), STORY)
    return _answer(request, _seen_note(request, note_uuid))


@require_POST
@staff_view(Staff.Role.STAFF)
def note_remove(request: StaffRequest, note_uuid: UUID) -> HttpResponse:
    note = _seen_note(request, note_uuid)
    _or_404(remove_note, request, note)
    undo = reverse("customers:note_bring_back", args=[request.business.slug, note.uuid])
    toast(request, _("The note is taken away."), undo_url=undo)
    if not _is_htmx(request):
        return _to_guest(request, note.guest)
    return trigger_client_event(HttpResponse(_toasts(request)), ON_TOP)


@require_POST
@staff_view(Staff.Role.STAFF)
def note_bring_back(request: StaffRequest, note_uuid: UUID) -> HttpResponse:
    note = _seen_note(request, note_uuid, with_removed=True)
    _or_404(bring_back_note, request, note)
    toast(request, _("The note is back."))
    return _to_guest(request, note.guest)


@require_http_methods(["GET", "HEAD"])
@staff_view(Staff.Role.STAFF)
def note_detail(request: StaffRequest, note_uuid: UUID) -> HttpResponse:
    """Show one note as it stands: where "Leave it" leads."""
    return _answer(request, _seen_note(request, note_uuid), is_news=False)


@require_http_methods(["GET", "HEAD"])
@staff_view(Staff.Role.STAFF)
def pinned_notes(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    if not _is_htmx(request):
        return _to_guest(request, guest)
    return render(request, "customers/pinned_notes.html", {"guest": guest})


def _seen_note(
    request: StaffRequest, note_uuid: UUID, *, with_removed: bool = False
) -> Note:
    """Return a note that this person sees, or answer 404."""
    notes = notes_seen(
        request.business, own_venue_ids(request), with_removed=with_removed
    ).select_related("business", "guest", "venue", "author")
    return get_object_or_404(notes, uuid=note_uuid)


def _or_404(
    act: Callable[..., None], request: StaffRequest, note: Note, **how: bool
) -> None:
    try:
        act(note, actor=request.user, now=timezone.now(), **how)
    except (GuestIsForgotten, Note.DoesNotExist) as problem:
        raise Http404 from problem


def _answer(request: StaffRequest, note: Note, *, is_news: bool = True) -> HttpResponse:
    """Answer htmx with the note as it is now, others with the guest's page."""
    if not _is_htmx(request):
        return _to_guest(request, note.guest)
    (note,) = with_versions([note])
    context = {"subject": note, "guest": note.guest}
    body = render_to_string("customers/timeline_note.html", context, request)
    if not is_news:
        return HttpResponse(body)
    return trigger_client_event(HttpResponse(body + _toasts(request)), ON_TOP)


def _toasts(request: StaffRequest) -> str:
    return render_to_string("components/toasts_beside.html", {}, request)


def _is_htmx(request: StaffRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _to_guest(request: StaffRequest, guest: Guest) -> HttpResponse:
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
