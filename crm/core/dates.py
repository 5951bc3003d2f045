"""Days and times as people say them. All days are local to the business."""

from collections.abc import Sequence
from datetime import date, time

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

# Day and month with the weekday first, which Babel's own forms put in other orders.
_WEEKDAY_FORMS = {
    "nb": "EEEE d. MMMM",
    "nn": "EEEE d. MMMM",
    "da": "EEEE d. MMMM",
    "fi": "EEEE d. MMMM",
    "de": "EEEE, d. MMMM",
}


def say_day(day: date, today: date, locale: Locale) -> str:
    """Return ``today``, ``yesterday``, ``tomorrow``, ``19 Nov`` or ``19 Nov 2024``."""
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if (distance := (day - today).days) in near:
        return near[distance]
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return format_skeleton(skeleton, day, locale=locale)


def say_weekday(day: date, locale: Locale) -> str:
    """Return ``Sunday 22 November``, ready to stand first on a page."""
    form = _WEEKDAY_FORMS.get(locale.language, "EEEE d MMMM")
    text = format_date(day, form, locale=locale)
    return text[:1].upper() + text[1:]


def say_date(day: date, locale: Locale) -> str:
    """Return ``22 Nov 2026``, for places where the year must not be guessed."""
    return format_skeleton("yMMMd", day, locale=locale)


def say_birthday(day: int | None, month: int | None, locale: Locale) -> str:
    """Return ``24 November``; empty when it is not known."""
    if not day or not month:
        return ""
    # A leap year, in which every birthday exists.
    return str(format_skeleton("MMMMd", date(2024, month, day), locale=locale))


def say_month(day: date, locale: Locale) -> str:
    """Return ``November 2026``."""
    return format_skeleton("yMMMM", day, locale=locale)


def say_month_short(day: date, locale: Locale) -> str:
    """Return ``Nov``, or ``Jan 2026`` where a year begins."""
    skeleton = "yMMM" if day.month == 1 else "MMM"
    return format_skeleton(skeleton, day, locale=locale)


def month_labels(months: Sequence[date], locale: Locale) -> list[str]:
    """Return ``Nov``, ``Dec``, …; with the year where the row is too long to guess it."""
    if len(months) <= 18:
        return [say_month_short(month, locale) for month in months]
    return [format_skeleton("yMMM", month, locale=locale) for month in months]


def say_clock(clock: time, locale: Locale) -> str:
    """Return ``16:05``."""
    return format_time(clock, "short", locale=locale)


def say_days_ago(day: date, today: date) -> str:
    """Return ``74 days ago``. A day ahead of ``today`` is said as ``in 3 days``."""
    days = (today - day).days
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("in %(days)s day", "in %(days)s days", -days) % {"days": -days}
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def say_days(days: int) -> str:
    """Return a length of time in the unit people would use: days, weeks or months."""
    if days < 21:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days < 120:
        weeks = round(days / 7)
        return ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}
    months = round(days / 30.44)
    return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}


def say_moment(day: date, clock: time, today: date, locale: Locale) -> str:
    """Return ``today 16:05`` or ``19 Nov 16:05``."""
    words = {"day": say_day(day, today, locale), "time": say_clock(clock, locale)}
    return pgettext("a moment", "%(day)s %(time)s") % words
