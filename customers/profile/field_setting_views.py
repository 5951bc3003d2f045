"""The house's own fields in the settings."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.house_lists import (
    hide_entry,
    move_entry,
    next_position,
    write_entry,
)
from customers.models import CustomField
from customers.profile.custom_fields import current_fields
from customers.profile.field_forms import FieldForm

STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def field_list(request: StaffRequest) -> HttpResponse:
    business = request.business
    form = FieldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        field = CustomField(
            business=business,
            position=next_position(business.custom_fields.all()),
            created_at=timezone.now(),
        )
        _write(request, field, form)
        words = _("“%(field)s” is on every guest’s page now.")
        toast(request, words % {"field": field.label})
        return redirect("customers:field_list", business.slug)
    hidden = business.custom_fields.filter(is_archived=True)
    context = {
        "fields": current_fields(business),
        "archived": hidden.order_by("label", "pk"),
        "form": form,
    }
    return render(request, "customers/field_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def field_edit(request: StaffRequest, field_uuid: UUID) -> HttpResponse:
    field = _field(request, field_uuid)
    name = field.label
    form = FieldForm(request.POST if request.method == "POST" else None, field=field)
    if form.is_valid():
        _write(request, field, form)
        toast(request, _("Saved."))
        return redirect("customers:field_list", request.business.slug)
    context = {"field": field, "name": name, "form": form}
    return render(request, "customers/field_edit.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def field_move(request: StaffRequest, field_uuid: UUID) -> HttpResponse:
    by = STEPS.get(request.POST.get("to", ""), 0)
    fields = request.business.custom_fields.all()
    move_entry(_field(request, field_uuid), fields, by=by)
    return redirect("customers:field_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def field_archive(request: StaffRequest, field_uuid: UUID) -> HttpResponse:
    field = _field(request, field_uuid)
    hide_entry(field, is_archived=True, actor=request.user, now=timezone.now())
    words = _("“%(field)s” is hidden. What is in it is kept.") % {"field": field.label}
    ids = [request.business.slug, field.uuid]
    toast(request, words, undo_url=reverse("customers:field_restore", args=ids))
    return redirect("customers:field_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def field_restore(request: StaffRequest, field_uuid: UUID) -> HttpResponse:
    field = _field(request, field_uuid)
    hide_entry(field, is_archived=False, actor=request.user, now=timezone.now())
    toast(request, _("“%(name)s” is back.") % {"name": field.label})
    return redirect("customers:field_list", request.business.slug)


def _field(request: StaffRequest, field_uuid: UUID) -> CustomField:
    return get_object_or_404(request.business.custom_fields, uuid=field_uuid)


def _write(request: StaffRequest, field: CustomField, form: FieldForm) -> None:
    typed = {name: form.cleaned_data[name] for name in form.base_fields}
    write_entry(field, typed, actor=request.user, now=timezone.now())
