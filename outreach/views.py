"""What guests hear from the house: the overview."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.choosing import account_in_use
from outreach.automations.ready import still_to_choose
from outreach.deciding.decision import Reason
from outreach.deciding.forecast import DAYS, Forecast, forecast
from outreach.models import Automation
from outreach.sending.heartbeats import SENDING, minutes_of_silence


@staff_view(Staff.Role.MANAGER)
def overview(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    automations = (
        request.business.automations.select_related("template", "survey", "segment")
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
            "ready": still_to_choose(request.business),
            "templates": request.business.message_templates.order_by("name", "pk"),
            "recent": recent[:8],
            "open_alerts": request.business.alerts.filter(over_at=None)
            .select_related("account")
            .order_by("began_at", "pk"),
            "silent_minutes": minutes_of_silence(SENDING, now=now),
            "has_mail": account_in_use(request.business, Channel.EMAIL) is not None,
            **forecast_words(forecast_of(request)),
        },
    )


def forecast_of(request: StaffRequest, only: Automation | None = None) -> Forecast:
    now = timezone.now()
    return forecast(
        request.business,
        today=local_date(now, request.business.time_zone),
        now=now,
        automations=None if only is None else [only],
    )


def forecast_words(result: Forecast) -> dict[str, object]:
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
