"""Tags on the guest page: one typed is added, one tapped is taken away."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.badges import badges_of
from customers.in_place import changed_in_place
from customers.models import Guest, Tag
from customers.profile.tag_forms import TagNameForm
from customers.profile.tag_panel import tags_panel
from customers.profile.tags import (
    TagIsAutomatic,
    give_tag,
    tag_named,
    tags_by_hand,
    take_tag,
)
from customers.views import known_guest

PANEL = "tags"


@require_POST
@staff_view(Staff.Role.STAFF)
def guest_tag_add(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, form, now = (
        known_guest(request, guest_uuid),
        TagNameForm(request.POST),
        timezone.now(),
    )
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            tag = tag_named(request.business, name, now=now)
            give_tag(guest, tag, actor=request.user, now=now)
        except TagIsAutomatic:
            words = _("“%(name)s” is given by its rule, not by hand.")
            form.add_error("name", words % {"name": name})
    if form.errors:
        return _refused(request, guest, form)
    return _changed(request, guest, now)


@require_POST
@staff_view(Staff.Role.STAFF)
def guest_tag_give(
    request: StaffRequest, guest_uuid: UUID, tag_uuid: UUID
) -> HttpResponse:
    guest, tag, now = (
        known_guest(request, guest_uuid),
        _tag(request, tag_uuid),
        timezone.now(),
    )
    give_tag(guest, tag, actor=request.user, now=now)
    return _changed(request, guest, now)


@require_POST
@staff_view(Staff.Role.STAFF)
def guest_tag_take(
    request: StaffRequest, guest_uuid: UUID, tag_uuid: UUID
) -> HttpResponse:
    guest, tag, now = (
        known_guest(request, guest_uuid),
        _tag(request, tag_uuid),
        timezone.now(),
    )
    if take_tag(guest, tag, actor=request.user, now=now):
        ids = [request.business.slug, guest.uuid, tag.uuid]
        toast(
            request,
            _("“%(tag)s” is taken away.") % {"tag": tag.name},
            undo_url=reverse("customers:guest_tag_give", args=ids),
        )
    return _changed(request, guest, now)


def _tag(request: StaffRequest, tag_uuid: UUID) -> Tag:
    return get_object_or_404(tags_by_hand(request.business), uuid=tag_uuid)


def _changed(request: StaffRequest, guest: Guest, now: datetime) -> HttpResponse:
    response = changed_in_place(request, guest, PANEL, now=now)
    if request.htmx:  # type: ignore[attr-defined]
        # They stand beside the name too.
        context = {"badges": badges_of(request.business, [guest.pk])[guest.pk]}
        response.write(render_to_string("customers/badges_beside.html", context))
    return response


def _refused(request: StaffRequest, guest: Guest, form: TagNameForm) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        (error, *_others) = form.errors.get("name", form.non_field_errors())
        toast(request, str(error), level=messages.ERROR)
        return _changed(request, guest, timezone.now())
    panel = tags_panel(guest, timezone.now())
    context = {"guest": guest, **panel.context, "form": form}
    return render(request, panel.template, context)
