"""Every component on one page, with figures made up for looking at."""

from datetime import timedelta
from math import exp
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.core import charts
from crm.core.locales import active_locale
from crm.core.money_field import MoneyField
from crm.core.numbers import format_number, format_range, format_share
from crm.core.paging import Page
from crm.core.statistics import wilson


class SampleForm(forms.Form):
    """One field of each sort. It is shown filled in wrongly, so that errors show."""

    name = forms.CharField(label="Name", help_text="As the guest would say it.")
    email = forms.EmailField(label="Email", required=False)
    arrives_on = forms.DateField(
        label="Arrives on", widget=forms.DateInput(attrs={"type": "date"})
    )
    spend = MoneyField(label="Spend", currency="NOK", required=False)
    venue = forms.ChoiceField(
        label="Venue", choices=[("h", "Solvik Hotell"), ("r", "Solvik Restaurant")]
    )
    kind = forms.ChoiceField(
        label="Kind of visit",
        choices=[("stay", "Stay"), ("table", "Table"), ("tour", "Tour")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    surveys = forms.BooleanField(
        label="Nora agrees to be asked how it was",
        help_text="Said at the desk; the wording of March 2026.",
        required=False,
    )


class SampleScale(forms.Form):
    recommend = forms.ChoiceField(
        label="How likely are you to recommend us to a friend?",
        choices=[(str(n), str(n)) for n in range(11)],
        widget=forms.RadioSelect,
        initial="9",
    )
    expected = forms.ChoiceField(
        label="Compared with what you expected, your stay was …",
        choices=[(str(n), str(n)) for n in range(1, 11)],
        widget=forms.RadioSelect,
        required=False,
    )


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """Show all components. The name of a guest or two is invented."""
    typed = {"name": "Nora Østby", "email": "nora@", "kind": "stay", "spend": "many"}
    today = timezone.localdate()
    return render(
        request,
        "style.html",
        {
            "form": SampleForm(),
            "wrong_form": SampleForm(typed, auto_id="wrong_%s"),
            "scale_form": SampleScale(),
            "page": Page(rows=[], number=2, next_number=3),
            "today": today,
            "last_week": today - timedelta(days=9),
            "last_year": today - timedelta(days=400),
            "tones": ["", "fjord", "brass", "leaf", "brick"],
            "people": _PEOPLE,
            **_frame(),
            **_charts(),
        },
    )


def _frame() -> dict[str, Any]:
    """Return a house that does not exist, so that the frame shows all it has."""
    names = ["today", "guests", "answers", "outreach", "loyalty", "return", "settings"]
    return {
        "business": SimpleNamespace(name="Solvik Hotell", slug="solvik"),
        "staff": SimpleNamespace(sees_guests=True, get_role_display="Owner"),
        "user": SimpleNamespace(
            is_authenticated=True, name="Alba Solvik", email="alba@solvik.example"
        ),
        "switcher": [SimpleNamespace(name="Kafé Måne", slug="mane")],
        "sections": [
            {
                "key": name,
                "label": name.capitalize(),
                "url": f"#{name}",
                "icon": name,
                "is_current": name == "guests",
            }
            for name in names
        ],
    }


_PEOPLE = [
    ("Nora Østby", "Gold", 9, 4_820_000, 74),
    ("Erik Lindqvist", "", 2, 612_000, 3),
    ("Maria Papadopoulou", "Silver", 5, 1_975_050, 210),
]


def _charts() -> dict[str, Any]:
    locale = active_locale()

    def share(value: float) -> str:
        return format_share(value, locale)

    def number(value: float) -> str:
        return format_number(value, locale)

    return {
        "return_curve": charts.line_chart(
            [_return_point(week) for week in range(0, 53, 4)],
            title="How soon first-time guests return",
            description="Rises to 44 % after a year.",
            headings=["Weeks", "Have returned", "95 % interval"],
            say=share,
        ),
        "visits_by_month": charts.column_chart(
            _months([212, 198, 240, 310, 402, 611, 720, 688, 455, 320, 251, 298]),
            title="Visits by month",
            description="Most in July, 720.",
            headings=["Month", "Stays", "Tables"],
            say=number,
            upper=_months([80, 75, 92, 110, 131, 190, 240, 236, 160, 120, 99, 140]),
        ),
        "by_score": charts.column_chart(
            _scores([2, 1, 3, 2, 4, 9, 14, 31, 66, 98, 84]),
            title="Would recommend us",
            description="Most said 9.",
            headings=["Score", "Answers"],
            say=number,
        ),
        "groups": charts.share_bar(
            [
                charts.Point("Promoters", 182, "58 %"),
                charts.Point("Passives", 97, "31 %", ink="soft"),
                charts.Point("Detractors", 35, "11 %", ink="other"),
            ],
            title="Promoters, passives and detractors",
            description="58, 31 and 11 percent.",
            headings=["Group", "Share"],
        ),
        "not_sent": charts.row_chart(
            [
                charts.Point("Had two messages this week", 41, "41"),
                charts.Point("Only a booking-site address", 23, "23", ink="soft"),
                charts.Point("Said no to surveys", 9, "9", ink="soft"),
            ],
            title="Why some were not written to",
            description="Most had two messages this week.",
            headings=["Reason", "Guests"],
        ),
        "spark": charts.sparkline(
            [3, 4, 4, 6, 5, 8, 9, 8, 11], "Rising over nine weeks"
        ),
        "no_chart": charts.line_chart(
            [], title="Return by venue", description="", headings=[], say=number
        ),
        "cohorts": charts.cohort_grid(
            [
                ("Winter 24", 312, [0.38, 0.22, 0.19, 0.14, 0.12]),
                ("Spring 25", 268, [0.31, 0.24, 0.17, 0.15, None]),
                ("Summer 25", 640, [0.18, 0.09, 0.07, None, None]),
                ("Autumn 25", 295, [0.36, 0.25, None, None, None]),
                ("Winter 25", 301, [0.39, None, None, None, None]),
            ],
            title="By season of the first visit",
            headings=["First visit", "Guests", "+1", "+2", "+3", "+4", "+5"],
            say=share,
        ),
    }


def _return_point(week: int) -> charts.Point:
    locale, guests = active_locale(), 1200 - 16 * week
    share = 0.47 * (1 - exp(-week / 18))
    between = wilson(round(share * guests), guests)
    return charts.Point(
        label=f"{week} w",
        value=share,
        text=format_share(share, locale),
        low=between.low,
        high=between.high,
        interval=format_range(between.low * 100, between.high * 100, locale),
    )


def _months(counts: list[int]) -> list[charts.Point]:
    names = ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    names += ["Oct", "Nov"]
    return [
        charts.Point(name, count, format_number(count, active_locale()))
        for name, count in zip(names, counts, strict=True)
    ]


def _scores(counts: list[int]) -> list[charts.Point]:
    return [
        charts.Point(str(score), count, str(count), ink="" if score > 8 else "soft")
        for score, count in enumerate(counts)
    ]
