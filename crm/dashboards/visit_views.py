"""What visits say to managers: what goes together, and who was asked to come again."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from crm.tenancy.scope import scope_of
from customers.visiting.going_together import LEAST_TOGETHER, counts_of
from customers.visiting.next_visits import Offers, offers_by_venue, offers_by_week

# Nobody acts on the hundred-and-first.
MOST_PAIRS = 100


@require_safe
@staff_view(Staff.Role.VIEWER)
def coming_again(request: StaffRequest) -> HttpResponse:
    scope = scope_of(request, today=timezone.localdate())
    weeks = offers_by_week(request.business, scope.period, venue=scope.venue)
    of_venues = {} if scope.venue else offers_by_venue(request.business, scope.period)
    context = {
        "scope": scope,
        "offers": sum(weeks.values(), Offers(0, 0, 0, 0)),
        "weeks": [(*_week(monday), offers) for monday, offers in weeks.items()],
        "venues": [
            (venue.name, of_venues[venue.pk])
            for venue in scope.venues
            if venue.pk in of_venues
        ],
    }
    return render(request, "dashboards/coming_again.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def going_together(request: StaffRequest) -> HttpResponse:
    pairs = [(pair, counts_of(pair)) for pair in request.business.line_pairs.all()]
    pairs.sort(key=lambda row: (-row[1].sure_lift, row[0].key, row[0].with_key))
    context = {
        "pairs": pairs[:MOST_PAIRS],
        "more": max(0, len(pairs) - MOST_PAIRS),
        "counted_at": pairs[0][0].counted_at if pairs else None,
        "least": LEAST_TOGETHER,
    }
    return render(request, "dashboards/going_together.html", context)


def _week(monday: date) -> tuple[int, int]:
    year, week, _weekday = monday.isocalendar()
    return year, week
