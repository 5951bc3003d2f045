"""The pages of one automation: its sentence, its switch, and those that are ready."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from outreach.automations.audience import NobodyIsMeant, people_of
from outreach.automations.backtest import Backtest, PeriodForm, backtest, usual_period
from outreach.automations.changing import save_sentence, switch
from outreach.automations.forms import AutomationForm
from outreach.automations.ready import take_ready
from outreach.models import Automation
from outreach.views import forecast_of, forecast_words


@staff_view(Staff.Role.MANAGER)
def automation_create(request: StaffRequest) -> HttpResponse:
    form = AutomationForm(
        request.POST or None,
        business=request.business,
        instance=Automation(created_at=timezone.now()),
    )
    if form.is_valid():
        return _saved(request, form)
    return render(request, "outreach/automation_edit.html", {"form": form})


@staff_view(Staff.Role.MANAGER)
@transaction.atomic
def automation_edit(request: StaffRequest, automation_uuid: str) -> HttpResponse:
    rows = request.business.automations.all()
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    automation = get_object_or_404(rows, uuid=automation_uuid)
    form = AutomationForm(
        request.POST or None, business=request.business, instance=automation
    )
    if form.is_valid():
        return _saved(request, form)
    shown = get_object_or_404(
        request.business.automations.select_related("template", "survey", "segment"),
        pk=automation.pk,
    )
    return render(
        request,
        "outreach/automation_edit.html",
        {
            "form": form,
            "automation": shown,
            "is_for_nobody": _is_for_nobody(shown),
            **forecast_words(forecast_of(request, shown)),
        },
    )


@staff_view(Staff.Role.MANAGER)
@require_POST
def automation_switch(request: StaffRequest, automation_uuid: str) -> HttpResponse:
    automation = _automation(request, automation_uuid)
    is_on = request.POST.get("to") == "on"
    switch(automation, on=is_on, actor=request.user, now=timezone.now())
    _say_switched(request, is_on=is_on)
    return redirect("outreach:overview", request.business.slug)


@staff_view(Staff.Role.MANAGER)
@require_POST
def automation_take(request: StaffRequest) -> HttpResponse:
    """Take one that is ready, and switch it on where that was asked for."""
    now = timezone.now()
    try:
        automation = take_ready(request.business, request.POST.get("key", ""), now=now)
    except KeyError as error:
        raise Http404 from error
    if request.POST.get("to") == "on":
        switch(automation, on=True, actor=request.user, now=now)
        _say_switched(request, is_on=True)
        return redirect("outreach:overview", request.business.slug)
    return redirect("outreach:automation_edit", request.business.slug, automation.uuid)


@staff_view(Staff.Role.MANAGER)
def automation_backtest(request: StaffRequest, automation_uuid: str) -> HttpResponse:
    """Show what it would have sent in a period that is over."""
    now = timezone.now()
    automation = _automation(request, automation_uuid)
    form = PeriodForm(
        request.GET or usual_period(request.business, now=now),
        business=request.business,
        now=now,
    )
    result: Backtest | None = None
    is_for_nobody = False
    if form.is_valid():
        try:
            result = backtest(automation, form.window, now=now)
        except NobodyIsMeant:
            is_for_nobody = True
    return render(
        request,
        "outreach/automation_backtest.html",
        {
            "automation": automation,
            "form": form,
            "result": result,
            "is_for_nobody": is_for_nobody,
        },
    )


def _saved(request: StaffRequest, form: AutomationForm) -> HttpResponse:
    automation = save_sentence(form, actor=request.user, now=timezone.now())
    toast(request, _("Saved."))
    return redirect("outreach:automation_edit", request.business.slug, automation.uuid)


def _automation(request: StaffRequest, automation_uuid: str) -> Automation:
    return get_object_or_404(
        request.business.automations.select_related("template", "survey", "segment"),
        uuid=automation_uuid,
    )


def _say_switched(request: StaffRequest, *, is_on: bool) -> None:
    if is_on:
        toast(request, _("It is on. It follows what happens from now on."))
    else:
        toast(request, _("It is off. What it had planned does not go."))


def _is_for_nobody(automation: Automation) -> bool:
    try:
        people_of(automation, today=timezone.localdate())
    except NobodyIsMeant:
        return True
    return False
