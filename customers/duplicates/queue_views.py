"""Who may be in the register twice: all pairs that wait, and what decides about them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crm.core.paging import page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Business, Staff
from customers.duplicates.bands import Band, Thresholds
from customers.duplicates.forms import DuplicateRulesForm
from customers.duplicates.looking import KIND, start_look
from customers.duplicates.pairs import count_waiting, next_of, open_pairs, queue
from customers.duplicates.reasons import Reason, in_words
from customers.duplicates.rules import rules_of, set_rules
from customers.models import DuplicatePair

PER_PAGE = 25
# So many pairs on each side of a threshold show what it does.
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair as it stands in the list."""

    pair: DuplicatePair
    reasons: list[Reason]
    is_certain: bool


@require_safe
@staff_view(Staff.Role.MANAGER)
def duplicates(request: StaffRequest) -> HttpResponse:
    business, rules = request.business, rules_of(request.business)
    thresholds = Thresholds.of(rules)
    page = page_of(request, queue(business, thresholds), per_page=PER_PAGE)
    context = {
        "rules": rules,
        "waiting": count_waiting(business, thresholds),
        "page": page,
        "lines": [_line(pair, thresholds) for pair in page.rows],
        "first": next_of(business, thresholds),
        "look": business.jobs.filter(kind=KIND).unfinished().order_by("pk").first(),
    }
    return render(request, "customers/duplicates.html", context)


def _line(pair: DuplicatePair, thresholds: Thresholds) -> PairLine:
    certain = thresholds.band_of(pair.score) is Band.CERTAIN
    return PairLine(pair, in_words(pair.reasons), certain)


@require_POST
@staff_view(Staff.Role.MANAGER)
def duplicates_look(request: StaffRequest) -> HttpResponse:
    job = start_look(request.business, actor=request.user, now=timezone.now())
    return redirect("jobs:job_detail", request.business.slug, job.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def duplicate_rules(request: StaffRequest) -> HttpResponse:
    """Set the thresholds, or show what others would do."""
    business, rules = request.business, rules_of(request.business)
    thresholds = Thresholds.of(rules)
    asked = request.POST or (request.GET if "certain_from" in request.GET else None)
    form = DuplicateRulesForm(asked, instance=rules)
    if form.is_bound and form.is_valid():
        thresholds = form.thresholds()
        if request.method == "POST" and request.POST.get("act") != "try":
            set_rules(business, form.choice(), actor=request.user, now=timezone.now())
            toast(request, _("Saved."))
            return redirect("customers:duplicates", business.slug)
    context = {"form": form, **_effect(business, thresholds)}
    part = "#effect" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"customers/duplicate_rules.html{part}", context)


def _effect(business: Business, thresholds: Thresholds) -> dict[str, object]:
    """Return what thresholds do in this house: how many pairs, and those at the edges."""
    pairs = open_pairs(business).select_related("first", "second")
    certain = pairs.filter(score__gte=thresholds.certain_from)
    less = pairs.filter(score__lt=thresholds.review_from, noted_for="")
    edges = [
        (_("Just certain"), certain.order_by("score", "pk")),
        (_("Just not shown"), less.order_by("-score", "pk")),
    ]
    return {
        "effect": count_waiting(business, thresholds),
        "edges": [
            (title, [_line(pair, thresholds) for pair in rows[:_EXAMPLES]])
            for title, rows in edges
        ],
    }
