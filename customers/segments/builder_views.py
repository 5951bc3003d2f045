"""Put a segment together. Works by plain steps of a form; htmx swaps the part that changed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Segment
from customers.segments.building import Builder
from customers.segments.drafts import act_on, kept_draft, typed_draft
from customers.segments.forms import SegmentForm, initial_of
from customers.segments.keeping import (
    ChangedMeanwhile,
    NameTaken,
    change_segment,
    create_segment,
    stand_of,
)
from customers.segments.offering import Offer
from customers.segments.saying import Said, said_of
from customers.segments.trees import TreeProblem

PAGE = "customers/segments/form.html"


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def segment_create(request: StaffRequest) -> HttpResponse:
    return _build(request, None)


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def segment_edit(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    segments = request.business.segments.select_related("responsible", "business")
    return _build(request, get_object_or_404(segments, uuid=segment_uuid))


@require_POST
@staff_view(Staff.Role.MANAGER)
def segment_sum(request: StaffRequest) -> HttpResponse:
    """Say and count what a form says so far. Changes nothing; the rules are too long
    for an address."""
    builder = Builder(typed_draft(request.POST), Offer(request.business))
    context = {"said": _said(request, builder)}
    return render(request, f"{PAGE}#sum", context)


def _build(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    builder = _builder(request, segment)
    if request.POST.get("act"):
        return _step(request, segment, builder)
    form = SegmentForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        initial=initial_of(segment) if segment else {},
    )
    context = {
        "form": form,
        "seen": request.POST.get("seen") or (stand_of(segment) if segment else ""),
    }
    if request.method == "POST":
        rules = _rules(form, builder)
        if rules is not None and form.is_valid():
            answer = _save(request, segment, form, rules, context)
            if answer is not None:
                return answer
    return _shown(request, segment, builder, context)


def _builder(request: StaffRequest, segment: Segment | None) -> Builder:
    offer = Offer(request.business)
    if request.method == "POST":
        return Builder(typed_draft(request.POST), offer)
    return Builder(kept_draft(segment.rules if segment else {}), offer)


def _step(
    request: StaffRequest, segment: Segment | None, builder: Builder
) -> HttpResponse:
    """Do one step and show the form again with all that was typed."""
    act_on(builder.root, request.POST["act"])
    builder = Builder(builder.root, builder.offer)
    # Nothing is saved yet, so nothing is said to be missing.
    form = SegmentForm(
        initial={
            name: request.POST.get(name, "")
            for name in ("name", "responsible", "strategy")
        },
        business=request.business,
    )
    context = {"form": form, "seen": request.POST.get("seen", "")}
    return _shown(request, segment, builder, context, is_step=True)


def _rules(form: SegmentForm, builder: Builder) -> dict[str, Any] | None:
    try:
        return builder.rules()
    except TreeProblem as problem:
        form.add_error(None, str(problem))
        return None


def _save(
    request: StaffRequest,
    segment: Segment | None,
    form: SegmentForm,
    rules: dict[str, Any],
    context: dict[str, Any],
) -> HttpResponse | None:
    """Keep it and lead to its page; None when that was not possible, and why is said."""
    wanted, now = form.wanted(rules), timezone.now()
    try:
        if segment is None:
            segment = create_segment(
                request.business, wanted, actor=request.user, now=now
            )
        else:
            change_segment(
                segment, wanted, seen=context["seen"], actor=request.user, now=now
            )
    except NameTaken:
        form.add_error("name", _("There is a segment with this name already."))
        return None
    except ChangedMeanwhile as meanwhile:
        theirs = meanwhile.segment
        context["meanwhile"] = theirs
        context["meanwhile_said"] = said_of(request.business, theirs.rules)
        context["seen"] = stand_of(theirs)
        return None
    toast(request, _("Saved."))
    return redirect("customers:segment_detail", request.business.slug, segment.uuid)


def _shown(
    request: StaffRequest,
    segment: Segment | None,
    builder: Builder,
    context: dict[str, Any],
    *,
    is_step: bool = False,
) -> HttpResponse:
    said = _said(request, builder, marks=not is_step)
    context |= {"segment": segment, "root": builder.root, "said": said}
    part = "#builder" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, PAGE + part, context)


def _said(request: StaffRequest, builder: Builder, *, marks: bool = False) -> Said:
    """Return what the draft comes to. With ``marks``, what is wrong is marked in it."""
    try:
        rules = builder.rules()
    except TreeProblem as problem:
        if not marks:
            for node in builder.root.walk():
                node.problem = ""
        return Said(problem=str(problem))
    return said_of(request.business, rules, today=timezone.localdate())
