"""Wishes on the guest page: noted in five seconds, made sure of, changed, ended."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.care.preference_forms import PreferenceForm
from customers.care.preferences import (
    ChangedMeanwhile,
    change_preference,
    confirm_preference,
    end_preference,
    note_preference,
    resume_preference,
)
from customers.in_place import ask_in_place, changed_in_place
from customers.models import Guest, Preference, known
from customers.people.gone import still_here
from customers.people.gone_meanwhile import gone_when_forgotten
from customers.views import known_guest

PANEL = "likes"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def preference_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    if request.method != "POST":
        # The kind that was chosen changes what is offered; what is typed stays.
        form = PreferenceForm(business=request.business, initial=request.GET.dict())
        return _ask(request, guest, form)
    form = PreferenceForm(request.POST, business=request.business)
    if not form.is_valid():
        return _ask(request, guest, form)
    today = timezone.localdate(now)
    note_preference(guest, form.wished(), actor=request.user, today=today, now=now)
    return _changed(request, guest)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def preference_edit(request: StaffRequest, preference_uuid: UUID) -> HttpResponse:
    preference, now = _preference(request, preference_uuid), timezone.now()
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        preference=preference,
    )
    if request.method != "POST":
        form.initial = {**form.initial, **request.GET.dict()}
    if not form.is_valid():
        return _ask(request, preference.guest, form, preference)
    try:
        change_preference(
            preference,
            form.wished(),
            seen=form.cleaned_data["seen"],
            actor=request.user,
            today=timezone.localdate(now),
            now=now,
        )
    except ChangedMeanwhile as meanwhile:
        return _asked_again(request, form, meanwhile)
    return _changed(request, preference.guest)


@require_POST
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def preference_confirm(request: StaffRequest, preference_uuid: UUID) -> HttpResponse:
    preference, now = _preference(request, preference_uuid), timezone.now()
    confirm_preference(
        preference, actor=request.user, today=timezone.localdate(now), now=now
    )
    return _changed(request, preference.guest)


@require_POST
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def preference_end(request: StaffRequest, preference_uuid: UUID) -> HttpResponse:
    preference, now = _preference(request, preference_uuid), timezone.now()
    if end_preference(preference, actor=request.user, now=now):
        undo = reverse(
            "customers:preference_resume",
            args=[request.business.slug, preference.uuid],
        )
        words = _("“%(wish)s” is no longer wished for.") % {"wish": preference.wish}
        toast(request, words, undo_url=undo)
    return _changed(request, preference.guest)


@require_POST
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def preference_resume(request: StaffRequest, preference_uuid: UUID) -> HttpResponse:
    preference, now = _preference(request, preference_uuid), timezone.now()
    resume_preference(preference, actor=request.user, now=now)
    return _changed(request, preference.guest)


def _preference(request: StaffRequest, preference_uuid: UUID) -> Preference:
    mine = request.business.preferences.filter(known("guest"))
    return still_here(
        request,
        mine.select_related("kind", "guest__business", "guest__company"),
        preference_uuid,
    )


def _changed(request: StaffRequest, guest: Guest) -> HttpResponse:
    panel = changed_in_place(request, guest, PANEL, now=timezone.now())
    # The cards above the panel say what is due, and hear this.
    return trigger_client_event(panel, "promises-changed")


def _ask(
    request: StaffRequest,
    guest: Guest,
    form: PreferenceForm,
    preference: Preference | None = None,
) -> HttpResponse:
    form.fields["wish"].widget.attrs["autofocus"] = True
    context: dict[str, object] = {
        "form": form,
        "guest": guest,
        "preference": preference,
    }
    return ask_in_place(request, "customers/preference_form.html", context)


def _asked_again(
    request: StaffRequest, form: PreferenceForm, meanwhile: ChangedMeanwhile
) -> HttpResponse:
    """Show what somebody else wrote, and take the next sending as meant."""
    preference = meanwhile.preference
    if preference.ended_at:
        text = _("Somebody else has noted meanwhile that this is no longer wished for.")
        toast(request, text, level=messages.WARNING)
        return _changed(request, preference.guest)
    words = _(
        "Somebody else has changed this meanwhile. It now reads “%(words)s”. Save again "
        "to put yours in its place."
    )
    form.add_error(None, words % {"words": preference.words})
    typed = request.POST.copy()
    typed["seen"] = preference.words
    form.data = typed
    return _ask(request, preference.guest, form, preference)
