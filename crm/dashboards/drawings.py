"""The charts of the page "Do they come back?"."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from crm.core.charts import Chart, Point, column_chart, line_chart
from crm.core.dates import month_labels, say_month
from crm.core.locales import active_locale
from crm.core.numbers import NO_BREAK_SPACE, format_number, format_range, format_share
from crm.core.statistics import Interval, Share
from crm.dashboards.overview import Overview
from customers.models import Visit
from surveys.drawings import scores_chart
from surveys.models import Question


def draw(overview: Overview) -> dict[str, Chart]:
    """Return the page's charts by name."""
    months = overview.period.months
    return {
        "visits": visits_chart(overview.visits, months),
        "returns": returns_chart(overview.returns_by_month, overview.return_months),
        "scores": scores_chart(overview.answers, Question.Kind.RECOMMEND),
        "messages": messages_chart(overview.messages, months),
    }


def visits_chart(visits: dict[date, Counter[str]], months: Sequence[date]) -> Chart:
    """Draw visits by month: the commonest kind, and all others stacked on it."""
    kinds = commonest_kinds(visits)
    by_month = [visits.get(month, Counter[str]()) for month in months]
    labels = month_labels(months, active_locale())
    chart = column_chart(
        [_count(m, n[kinds[0]]) for m, n in zip(labels, by_month, strict=True)]
        if kinds
        else [],
        title=_("Visits by month"),
        description=_most([counts.total() for counts in by_month], months),
        headings=[_("Month"), *(say_kind(kind) for kind in kinds)],
        say=_number,
        upper=[
            _count(m, n.total() - n[kinds[0]])
            for m, n in zip(labels, by_month, strict=True)
        ]
        if kinds[1:]
        else [],
    )
    rows = [
        [_whole(month), *(_number(counts[kind]) for kind in kinds)]
        for month, counts in zip(months, by_month, strict=True)
    ]
    return replace(chart, rows=rows)


def commonest_kinds(visits: dict[date, Counter[str]]) -> list[str]:
    """Return the kinds of visit there were, the commonest first."""
    totals: Counter[str] = sum(visits.values(), Counter())
    return [kind for kind, _n in totals.most_common()]


def say_kind(kind: str) -> str:
    """Return what people call several visits of a kind."""
    names = {
        Visit.Kind.STAY: _("Stays"),
        Visit.Kind.TABLE: _("Tables"),
        Visit.Kind.TOUR: _("Tours"),
        Visit.Kind.EVENT: _("Events"),
    }
    return names[Visit.Kind(kind)]


def returns_chart(shares: dict[date, Share], months: Sequence[date]) -> Chart:
    """Draw the share who came back, by month of the first visit, with intervals.

    A gap is a month with too few new guests, or one that is not over long enough.
    """
    points = [
        _share(label, shares.get(month))
        for label, month in zip(
            month_labels(months, active_locale()), months, strict=True
        )
    ]
    known = [point.words for point in points if point.value is not None]
    chart = line_chart(
        points,
        title=_("Back within 90 days, by month of the first visit"),
        description=_("Last: %(words)s") % {"words": known[-1]} if known else "",
        headings=[
            _("First visit"),
            _("New guests"),
            _("Came back"),
            _("Share"),
            _("95 % interval"),
        ],
        say=lambda share: format_share(share, active_locale()),
    )
    rows = [
        _share_row(month, point, shares.get(month))
        for month, point in zip(months, points, strict=True)
    ]
    return replace(chart, rows=rows)


def _share(label: str, share: Share | None) -> Point:
    if share is None or share.is_too_few or share.interval is None:
        return Point(label, None, "–")
    low, high = share.interval.low, share.interval.high
    text = format_share(share.rate or 0, active_locale())
    return Point(label, share.rate, text, low, high, say_shares(share.interval))


def _share_row(month: date, point: Point, share: Share | None) -> list[str]:
    if share is None:
        return [_whole(month), _("not over yet"), "–", "–", "–"]
    counts = [_number(share.total), _number(share.hits)]
    return [_whole(month), *counts, point.text, point.interval or "–"]


def messages_chart(messages: Counter[date], months: Sequence[date]) -> Chart:
    """Draw the messages that mail servers took, by month."""
    counts = [messages[month] for month in months]
    chart = column_chart(
        [
            _count(m, n)
            for m, n in zip(month_labels(months, active_locale()), counts, strict=True)
        ]
        if any(counts)
        else [],
        title=_("Messages sent by month"),
        description=_most(counts, months),
        headings=[_("Month"), _("Messages")],
        say=_number,
    )
    rows = [[_whole(m), _number(n)] for m, n in zip(months, counts, strict=True)]
    return replace(chart, rows=rows)


def say_shares(interval: Interval) -> str:
    """Return an interval of shares as people read it: 41–47 %."""
    locale = active_locale()
    ends = format_range(interval.low * 100, interval.high * 100, locale)
    return f"{ends}{NO_BREAK_SPACE}%"


def _most(counts: Sequence[int], months: Sequence[date]) -> str:
    most = max(counts, default=0)
    if not most:
        return ""
    words = {"month": _whole(months[counts.index(most)]), "count": _number(most)}
    return _("Most in %(month)s: %(count)s.") % words


def _count(label: str, count: int) -> Point:
    return Point(label, count, _number(count))


def _whole(month: date) -> str:
    return say_month(month, active_locale())


def _number(value: float) -> str:
    return format_number(value, active_locale())
