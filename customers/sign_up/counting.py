"""How many signed up, week by week, and how many have not confirmed yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from crm.core.charts import Chart, Point, column_chart
from crm.core.clock import day_bounds
from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.tenancy.models import Business

WEEKS = 12
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SignUpCounts:
    """Confirmed sign-ups of the last weeks. ``weeks`` are Mondays, the oldest first."""

    weeks: Sequence[date]
    new: Counter[date]
    known: Counter[date]
    by_page: Counter[int]
    by_page_this_week: Counter[int]
    waiting: Counter[int]


def count_sign_ups(
    business: Business, *, now: datetime, today: date, weeks: int = WEEKS
) -> SignUpCounts:
    """Count the ``weeks`` up to and with that of ``today``. Two queries.

    A sign-up counts on the day it was confirmed, on the house's calendar.
    """
    this_monday = monday_of(today)
    mondays = [this_monday - _WEEK * back for back in reversed(range(weeks))]
    since = day_bounds(mondays[0], business.time_zone)[0]
    counts = SignUpCounts(
        mondays, Counter(), Counter(), Counter(), Counter(),
        Counter(_waiting(business, now=now)),
    )  # fmt: skip
    day = TruncDate("confirmed_at", tzinfo=ZoneInfo(business.time_zone))
    rows = (
        business.sign_ups.filter(confirmed_at__gte=since)
        .values_list("page", day, "is_new_guest")
        .annotate(Count("pk"))
        .order_by()
    )
    for page, confirmed_on, is_new, count in rows:
        monday = monday_of(confirmed_on)
        (counts.new if is_new else counts.known)[monday] += count
        counts.by_page[page] += count
        if monday == this_monday:
            counts.by_page_this_week[page] += count
    return counts


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _waiting(business: Business, *, now: datetime) -> dict[int, int]:
    rows = business.sign_ups.filter(confirmed_at=None, expires_at__gt=now)
    return dict(rows.values_list("page").annotate(Count("pk")).order_by())


def weeks_chart(counts: SignUpCounts) -> Chart:
    """Draw who signed up by week: new guests, and those we knew stacked on them."""
    total = counts.new.total() + counts.known.total()
    return column_chart(
        [_point(week, counts.new) for week in counts.weeks] if total else [],
        title=_("Signed up by week"),
        description=_("%(count)s signed up in %(weeks)s weeks.")
        % {"count": format_number(total, active_locale()), "weeks": len(counts.weeks)},
        headings=[_("Week from"), _("New guests"), _("Guests we knew")],
        say=_number,
        upper=[_point(week, counts.known) for week in counts.weeks] if total else [],
    )


def _point(week: date, counts: Counter[date]) -> Point:
    label = format_skeleton("MMMd", week, locale=active_locale())
    return Point(label, counts[week], _number(counts[week]))


def _number(value: float) -> str:
    return format_number(value, active_locale())
