"""What the automations change: the page."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Purpose
from outreach.effect.counting import Cost, Counts, costs_of, counts_of
from outreach.effect.verdicts import EffectVerdict, verdict_on
from outreach.models import Automation
from outreach.sms.prices import say_price


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One automation with what it changed and what it took."""

    automation: Automation
    counts: Counts
    verdict: EffectVerdict
    cost: Cost

    @property
    def prices(self) -> list[str]:
        return [say_price(amount, currency) for currency, amount in self.cost.amounts]


@staff_view(Staff.Role.MANAGER)
def effect(request: StaffRequest) -> HttpResponse:
    today = local_date(timezone.now(), request.business.time_zone)
    counts = counts_of(request.business, today=today)
    automations = list(
        request.business.automations.filter(template__purpose=Purpose.MARKETING)
        .select_related("template")
        .order_by("-is_active", "name", "pk")
    )
    costs = costs_of(automations)
    rows = []
    for one in automations:
        known = counts.get(one.pk, Counts())
        rows.append(
            EffectRow(one, known, verdict_on(known.strata), costs.get(one.pk, Cost()))
        )
    together = verdict_on([part for row in rows for part in row.counts.strata])
    return render(request, "outreach/effect.html", {"rows": rows, "together": together})
