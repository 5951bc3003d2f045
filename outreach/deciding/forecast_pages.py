"""What goes in the next days, with names and reasons: the page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.clock import local_date
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Business, Staff
from outreach.deciding.coming import DAYS, Line, coming

# More names than these nobody reads; the numbers above count all.
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Day:
    """One day's lines as they are shown, and how many there are by verdict."""

    day: date
    lines: list[Line]
    go: int
    wait: int
    wont: int


class ForecastFilter(forms.Form):
    """Which lines to show. What makes no sense shows all."""

    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    verdict = forms.ChoiceField(
        label=_("What becomes of it"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("go", _("Will go")),
            ("wait", _("Waits")),
            ("wont", _("Will not go")),
        ],
    )
    automation = forms.ChoiceField(label=_("Automation"), required=False)

    def __init__(self, data: QueryDict, *, business: Business) -> None:
        super().__init__(data)
        known = business.automations.order_by("name", "pk").values_list("uuid", "name")
        field = self.fields["automation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("All of them")),
            *((str(uuid), name) for uuid, name in known),
        ]

    def shows(self, line: Line, day: date) -> bool:
        self.is_valid()
        asked = self.cleaned_data
        automation = asked.get("automation")
        return (
            (not asked.get("day") or asked["day"] == day)
            and (not asked.get("verdict") or asked["verdict"] == line.kind)
            and (
                not automation
                or (
                    line.automation is not None
                    and str(line.automation.uuid) == automation
                )
            )
        )


@staff_view(Staff.Role.MANAGER)
def forecast_page(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    zone = request.business.time_zone
    form = ForecastFilter(request.GET, business=request.business)
    today = local_date(now, zone)
    # What is overdue goes today.
    lines = [
        (max(local_date(line.at, zone), today), line)
        for line in coming(request.business, today=today, now=now)
    ]
    chosen = [(day, line) for day, line in lines if form.shows(line, day)]
    return render(
        request,
        "outreach/forecast_page.html",
        {
            "form": form,
            "days": _by_day(chosen),
            "totals": Counter(line.kind for _day, line in chosen),
            "is_cut": len(chosen) > _SHOWN,
            "shown": _SHOWN,
            "forecast_days": DAYS,
            "is_empty": not lines,
        },
    )


def _by_day(chosen: Iterable[tuple[date, Line]]) -> list[Day]:
    room = _SHOWN
    days = []
    for day, pairs in groupby(chosen, key=lambda pair: pair[0]):
        lines = [line for _day, line in pairs]
        counts = Counter(line.kind for line in lines)
        days.append(
            Day(day, lines[:room], counts["go"], counts["wait"], counts["wont"])
        )
        room = max(0, room - len(lines))
    return days
