"""What guests hear from the house: the overview and the automations."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.choosing import account_in_use
from outreach.automations.changing import switch
from outreach.deciding.decision import Reason
from outreach.deciding.forecast import DAYS, Forecast, forecast
from outreach.forms import AutomationForm
from outreach.models import Automation
from outreach.sending.heartbeats import SENDING, minutes_of_silence


@staff_view(Staff.Role.MANAGER)
def overview(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    automations = (
        request.business.automations.select_related("template", "survey")
        .prefetch_related("venues")
        .order_by("-is_active", "name", "pk")
    )
    recent = request.business.messages.select_related("guest", "automation").order_by(
        "-updated_at", "-pk"
    )
    return render(
        request,
        "outreach/overview.html",
        {
            "automations": automations,
            "templates": request.business.message_templates.order_by("name", "pk"),
            "recent": recent[:8],
            "open_alerts": request.business.alerts.filter(over_at=None)
            .select_related("account")
            .order_by("began_at", "pk"),
            "silent_minutes": minutes_of_silence(SENDING, now=now),
            "has_mail": account_in_use(request.business, Channel.EMAIL) is not None,
            **_forecast_words(_forecast(request)),
        },
    )


@staff_view(Staff.Role.MANAGER)
def automation_create(request: StaffRequest) -> HttpResponse:
    form = AutomationForm(
        request.POST or None,
        business=request.business,
        instance=Automation(created_at=timezone.now()),
    )
    if form.is_valid():
        return _saved(request, form, action="created")
    return render(request, "outreach/automation_edit.html", {"form": form})


@staff_view(Staff.Role.MANAGER)
def automation_edit(request: StaffRequest, automation_uuid: str) -> HttpResponse:
    automation = _automation(request, automation_uuid)
    form = AutomationForm(
        request.POST or None, business=request.business, instance=automation
    )
    if form.is_valid():
        return _saved(request, form, action="amended")
    shown = get_object_or_404(request.business.automations, pk=automation.pk)
    return render(
        request,
        "outreach/automation_edit.html",
        {
            "form": form,
            "automation": shown,
            **_forecast_words(_forecast(request, shown)),
        },
    )


@staff_view(Staff.Role.MANAGER)
@require_POST
def automation_switch(request: StaffRequest, automation_uuid: str) -> HttpResponse:
    automation = _automation(request, automation_uuid)
    is_on = request.POST.get("to") == "on"
    switch(automation, on=is_on, actor=request.user, now=timezone.now())
    if is_on:
        toast(request, _("It is on. It follows visits completed from now on."))
    else:
        toast(request, _("It is off. What it had planned does not go."))
    return redirect("outreach:overview", request.business.slug)


def _saved(request: StaffRequest, form: AutomationForm, *, action: str) -> HttpResponse:
    automation = form.save()
    record_event(
        business=request.business,
        actor=request.user,
        action=action,
        subject=automation,
        fields=form.changed_data,
        now=timezone.now(),
    )
    toast(request, _("Saved."))
    return redirect("outreach:automation_edit", request.business.slug, automation.uuid)


def _automation(request: StaffRequest, automation_uuid: str) -> Automation:
    return get_object_or_404(request.business.automations, uuid=automation_uuid)


def _forecast(request: StaffRequest, only: Automation | None = None) -> Forecast:
    now = timezone.now()
    return forecast(
        request.business,
        today=local_date(now, request.business.time_zone),
        now=now,
        automations=None if only is None else [only],
    )


def _forecast_words(result: Forecast) -> dict[str, object]:
    return {
        "forecast": result,
        "forecast_days": DAYS,
        "wait_total": result.wait.total(),
        "wont_total": result.wont.total(),
        "wait_reasons": _named(result.wait),
        "wont_reasons": _named(result.wont),
    }


def _named(reasons: "Counter[str]") -> list[tuple[str, int]]:
    return [
        (str(Reason(reason).label), count) for reason, count in reasons.most_common()
    ]
