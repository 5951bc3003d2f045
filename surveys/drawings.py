"""Answers as charts. Scores of fewer than ten answers are not drawn: chance is louder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from crm.core.charts import Chart, Point, column_chart, line_chart, share_bar
from crm.core.dates import month_labels, say_month
from crm.core.locales import active_locale
from crm.core.numbers import format_number, format_range, format_share
from crm.core.statistics import NpsSummary
from surveys.models import Question
from surveys.results import AnswerFigures

Kind = Question.Kind


def _number(value: float) -> str:
    return format_number(value, active_locale())


def groups_bar(nps: NpsSummary) -> Chart:
    """Draw promoters, passives and detractors as parts of one bar."""
    parts = (
        (_("Promoters, 9–10"), nps.promoters, ""),
        (_("Passives, 7–8"), nps.passives, "soft"),
        (_("Detractors, 0–6"), nps.detractors, "other"),
    )
    points = [
        Point(
            label,
            count,
            format_share(count / (nps.total or 1), active_locale()),
            ink=ink,
        )
        for label, count, ink in parts
    ]
    chart = share_bar(
        points,
        title=_("Would they recommend us?"),
        description="; ".join(point.words for point in points),
        headings=[_("Group"), _("Answers"), _("Share")],
    )
    return replace(
        chart,
        rows=[
            [point.label, _number(count), point.text]
            for point, (_label, count, _ink) in zip(points, parts, strict=True)
        ],
    )


def scores_chart(figures: AnswerFigures, kind: str) -> Chart:
    """Draw how many gave each number."""
    low, high = Question.SCALES[kind]
    counts = figures.counts(kind)
    points = [
        Point(str(score), counts[score], _number(counts[score]))
        for score in range(low, high + 1)
    ]
    most = max(points, key=lambda point: point.value or 0)
    titles = {
        Kind.RECOMMEND: _("Would they recommend us, 0–10"),
        Kind.SATISFACTION: _("How satisfied were they, 1–10"),
    }
    return column_chart(
        points if counts.total() else [],
        title=titles[Kind(kind)],
        description=_("Most gave %(score)s.") % {"score": most.label},
        headings=[_("Number"), _("Answers")],
        say=_number,
    )


def answers_chart(figures: AnswerFigures, months: Sequence[date]) -> Chart:
    """Draw how many answered in each month."""
    points = [
        Point(
            label,
            figures.responses.get(month, 0),
            _number(figures.responses.get(month, 0)),
        )
        for label, month in zip(
            month_labels(months, active_locale()), months, strict=True
        )
    ]
    chart = column_chart(
        points if figures.total else [],
        title=_("Answers by month"),
        description=_("%(total)s in all.") % {"total": _number(figures.total)},
        headings=[_("Month"), _("Answers")],
        say=_number,
    )
    return _with_whole_months(chart, months)


def nps_chart(figures: AnswerFigures, months: Sequence[date]) -> Chart:
    """Draw the score by month with its interval."""
    points = [
        _nps_point(label, figures.nps_in(month))
        for label, month in zip(
            month_labels(months, active_locale()), months, strict=True
        )
    ]
    known = [point.words for point in points if point.value is not None]
    chart = line_chart(
        points,
        title=_("NPS by month"),
        description=_("Last: %(words)s") % {"words": known[-1]} if known else "",
        headings=[_("Month"), _("NPS"), _("95 % interval"), _("Answers")],
        say=_number,
    )
    return replace(
        chart,
        rows=[
            [
                say_month(month, active_locale()),
                point.text,
                point.interval or "–",
                _number(figures.nps_in(month).total),
            ]
            for month, point in zip(months, points, strict=True)
        ],
    )


def _nps_point(label: str, nps: NpsSummary) -> Point:
    if nps.is_too_few or nps.score is None or nps.interval is None:
        return Point(label, None, "–")
    return Point(
        label,
        nps.score,
        _number(round(nps.score)),
        nps.interval.low,
        nps.interval.high,
        format_range(nps.interval.low, nps.interval.high, active_locale()),
    )


def _with_whole_months(chart: Chart, months: Sequence[date]) -> Chart:
    rows = [
        [say_month(month, active_locale()), *row[1:]]
        for month, row in zip(months, chart.rows, strict=False)
    ]
    return replace(chart, rows=rows)
