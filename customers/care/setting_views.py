"""The house's own lists in the settings: what guests wish for, and the checklist."""

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
from customers.care.policy_forms import PolicyStepForm
from customers.care.preference_forms import PreferenceKindForm
from customers.guarded_forms import GuardedForm
from customers.house_lists import (
    hide_entry,
    move_entry,
    next_position,
    write_entry,
)
from customers.models import PolicyStep, PreferenceKind, Visit

STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def preference_kinds(request: StaffRequest) -> HttpResponse:
    kinds = request.business.preference_kinds
    form = PreferenceKindForm(request.POST or None, business=request.business)
    if request.method == "POST" and form.is_valid():
        kind = PreferenceKind(
            business=request.business,
            position=next_position(kinds.all()),
            created_at=timezone.now(),
        )
        _write(request, kind, form)
        toast(request, _("“%(name)s” can be wished for.") % {"name": kind.name})
        return redirect("customers:preference_kinds", request.business.slug)
    context = {
        "form": form,
        "kinds": kinds.filter(is_archived=False).order_by("position", "pk"),
        "archived": kinds.filter(is_archived=True).order_by("name", "pk"),
    }
    return render(request, "customers/preference_kinds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def preference_kind_edit(request: StaffRequest, kind_uuid: UUID) -> HttpResponse:
    kind = _kind(request, kind_uuid)
    name = kind.name
    form = PreferenceKindForm(
        request.POST or None, business=request.business, kind=kind
    )
    if request.method == "POST" and form.is_valid():
        _write(request, kind, form)
        toast(request, _("Saved."))
        return redirect("customers:preference_kinds", request.business.slug)
    context = {"form": form, "kind": kind, "name": name}
    return render(request, "customers/preference_kind_edit.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def preference_kind_move(request: StaffRequest, kind_uuid: UUID) -> HttpResponse:
    kind = _kind(request, kind_uuid)
    by = STEPS.get(request.POST.get("to", ""), 0)
    move_entry(kind, request.business.preference_kinds.all(), by=by)
    return redirect("customers:preference_kinds", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def preference_kind_archive(request: StaffRequest, kind_uuid: UUID) -> HttpResponse:
    kind = _kind(request, kind_uuid)
    undo = reverse(
        "customers:preference_kind_unarchive",
        args=[request.business.slug, kind.uuid],
    )
    _hide(request, kind, kind.name, undo)
    return redirect("customers:preference_kinds", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def preference_kind_unarchive(request: StaffRequest, kind_uuid: UUID) -> HttpResponse:
    kind = _kind(request, kind_uuid)
    _bring_back(request, kind, kind.name)
    return redirect("customers:preference_kinds", request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def policy_steps(request: StaffRequest) -> HttpResponse:
    visit_kind = _visit_kind(request)
    steps = request.business.policy_steps.filter(visit_kind=visit_kind)
    form = PolicyStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step = PolicyStep(
            business=request.business,
            visit_kind=visit_kind,
            position=next_position(steps),
            created_at=timezone.now(),
        )
        _write(request, step, form)
        toast(request, _("“%(step)s” is on the checklist.") % {"step": step.text})
        return redirect(_checklist(request, visit_kind))
    in_use = list(steps.filter(is_archived=False).order_by("position", "pk"))
    context = {
        "form": form,
        "visit_kind": visit_kind,
        "visit_kinds": Visit.Kind.choices,
        "moments": [
            (moment.label, [step for step in in_use if step.moment == moment])
            for moment in PolicyStep.Moment
        ],
        "archived": steps.filter(is_archived=True).order_by("text", "pk"),
    }
    return render(request, "customers/policy_steps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def policy_step_edit(request: StaffRequest, step_uuid: UUID) -> HttpResponse:
    step = _step(request, step_uuid)
    name = step.text
    form = PolicyStepForm(request.POST or None, step=step)
    if request.method == "POST" and form.is_valid():
        _write(request, step, form)
        toast(request, _("Saved."))
        return redirect(_checklist(request, step.visit_kind))
    context = {
        "form": form,
        "step": step,
        "name": name,
        "checklist": _checklist(request, step.visit_kind),
    }
    return render(request, "customers/policy_step_edit.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def policy_step_move(request: StaffRequest, step_uuid: UUID) -> HttpResponse:
    step = _step(request, step_uuid)
    beside = request.business.policy_steps.filter(
        visit_kind=step.visit_kind, moment=step.moment
    )
    move_entry(step, beside, by=STEPS.get(request.POST.get("to", ""), 0))
    return redirect(_checklist(request, step.visit_kind))


@require_POST
@staff_view(Staff.Role.MANAGER)
def policy_step_archive(request: StaffRequest, step_uuid: UUID) -> HttpResponse:
    step = _step(request, step_uuid)
    undo = reverse(
        "customers:policy_step_unarchive", args=[request.business.slug, step.uuid]
    )
    _hide(request, step, step.text, undo)
    return redirect(_checklist(request, step.visit_kind))


@require_POST
@staff_view(Staff.Role.MANAGER)
def policy_step_unarchive(request: StaffRequest, step_uuid: UUID) -> HttpResponse:
    step = _step(request, step_uuid)
    _bring_back(request, step, step.text)
    return redirect(_checklist(request, step.visit_kind))


def _kind(request: StaffRequest, kind_uuid: UUID) -> PreferenceKind:
    return get_object_or_404(request.business.preference_kinds, uuid=kind_uuid)


def _step(request: StaffRequest, step_uuid: UUID) -> PolicyStep:
    return get_object_or_404(request.business.policy_steps, uuid=step_uuid)


def _visit_kind(request: StaffRequest) -> str:
    asked = request.GET.get("for", "")
    return asked if asked in Visit.Kind.values else Visit.Kind.STAY


def _checklist(request: StaffRequest, visit_kind: str) -> str:
    page = reverse("customers:policy_steps", args=[request.business.slug])
    return f"{page}?for={visit_kind}"


def _write(
    request: StaffRequest, entry: PreferenceKind | PolicyStep, form: GuardedForm
) -> None:
    typed = {name: form.cleaned_data[name] for name in form.base_fields}
    write_entry(entry, typed, actor=request.user, now=timezone.now())


def _hide(
    request: StaffRequest, entry: PreferenceKind | PolicyStep, name: str, undo: str
) -> None:
    hide_entry(entry, is_archived=True, actor=request.user, now=timezone.now())
    toast(request, _("“%(name)s” is hidden.") % {"name": name}, undo_url=undo)


def _bring_back(
    request: StaffRequest, entry: PreferenceKind | PolicyStep, name: str
) -> None:
    hide_entry(entry, is_archived=False, actor=request.user, now=timezone.now())
    toast(request, _("“%(name)s” is back.") % {"name": name})
