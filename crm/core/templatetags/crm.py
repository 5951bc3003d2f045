"""How values look on a page: display only, no queries. A builtin of every template."""

from datetime import date, datetime, time
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.core import dates, numbers, text
from crm.core.devices import say_device
from crm.core.icons import icon_svg
from crm.core.locales import active_locale
from crm.core.money import format_money
from crm.core.phones import format_phone
from crm.core.toasts import undo_url_of

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon by our own name for it. Give a label only where it stands alone."""
    return icon_svg(str(name), str(label))


@register.filter
def initials(name: object) -> str:
    """``Nora Østby`` is ``NØ``."""
    return text.initials(str(name))


# Numbers


@register.filter
def thin(value: Any) -> str:
    """``2316`` is ``2 316``; nothing is a dash."""
    return "–" if value is None else numbers.format_number(value, active_locale())


@register.filter
def decimal(value: Any, decimals: int = 1) -> str:
    """``4.25`` is ``4.3``; nothing is a dash."""
    if value is None:
        return "–"
    rounded = numbers.round_half_up(value, decimals)
    return numbers.format_number(rounded, active_locale(), decimals=decimals)


@register.filter
def signed(value: Any) -> str:
    """``4`` is ``+4``; nothing is a dash."""
    if value is None:
        return "–"
    rounded = numbers.round_half_up(value)
    return numbers.format_number(rounded, active_locale(), signed=True)


@register.filter
def percent(share: Any, decimals: int = 0) -> str:
    """A share of ``0.23`` is ``23 %``; nothing is a dash."""
    if share is None:
        return "–"
    return numbers.format_share(float(share), active_locale(), decimals=decimals)


@register.filter
def money(minor: Any, owner: Any) -> str:
    """Minor units in the currency of a business, or in a currency given by its code."""
    if minor is None:
        return "–"
    currency = owner if isinstance(owner, str) else owner.currency
    return format_money(minor, currency, active_locale())


@register.simple_tag
def interval(low: Any, high: Any, decimals: int = 0) -> str:
    """``41–47``; empty when the interval is not known."""
    if low is None or high is None:
        return ""
    return numbers.format_range(
        float(low), float(high), active_locale(), decimals=decimals
    )


@register.simple_tag
def share_interval(low: Any, high: Any) -> str:
    """``41–47 %`` from the shares 0.41 and 0.47; empty when not known."""
    if low is None or high is None:
        return ""
    ends = numbers.format_range(float(low) * 100, float(high) * 100, active_locale())
    return f"{ends}{numbers.NO_BREAK_SPACE}%"


# Days and times


def _day(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None, today: date | None = None) -> str:
    """``today``, ``19 Nov`` or ``19 Nov 2024``, as people say it."""
    if not value:
        return "–"
    return dates.say_day(_day(value), today or timezone.localdate(), active_locale())


@register.filter
def full_date(value: date | datetime | None) -> str:
    """``22 Nov 2026``, where the year must not be guessed."""
    return dates.say_date(_day(value), active_locale()) if value else "–"


@register.filter
def weekday(value: date | datetime) -> str:
    """``Sunday 22 November``."""
    return dates.say_weekday(_day(value), active_locale())


@register.filter
def month(value: date) -> str:
    """``November 2026``."""
    return dates.say_month(value, active_locale())


@register.filter
def clock(value: datetime | time) -> str:
    """``16:05`` on the wall of the business."""
    wall = timezone.localtime(value).time() if isinstance(value, datetime) else value
    return dates.say_clock(wall, active_locale())


@register.filter
def moment(value: datetime | None, today: date | None = None) -> str:
    """``today 16:05`` or ``19 Nov 16:05``."""
    if not value:
        return "–"
    local = timezone.localtime(value)
    return dates.say_moment(
        local.date(), local.time(), today or timezone.localdate(), active_locale()
    )


@register.filter
def ago_days(value: date | datetime | None, today: date | None = None) -> str:
    """``74 days ago``."""
    if not value:
        return "–"
    return dates.say_days_ago(_day(value), today or timezone.localdate())


@register.filter
def in_days(days: int | None) -> str:
    """A number of days as ``12 days``, ``11 weeks`` or ``7 months``."""
    return "–" if days is None else dates.say_days(days)


@register.filter
def time_tag(
    value: date | datetime | None, today: date | None = None
) -> str | SafeString:
    """The day in a ``<time>`` element, exact for machines and on hovering."""
    if not value:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        full_date(value),
        day(value, today),
    )


# People


@register.filter
def phone(e164: str) -> str:
    """``+4740612345`` is ``+47 40 61 23 45``."""
    return format_phone(e164)


@register.filter
def device(user_agent: str) -> str:
    """What a browser calls itself, as ``Firefox on Windows``."""
    return say_device(user_agent)


# Parts of the frame

_TONES = {"error": "brick", "warning": "brass"}


@register.filter
def tone(message: Message) -> str:
    """The colour of what a message says: brick for trouble, brass for care, leaf."""
    return _TONES.get(message.level_tag, "leaf")


@register.filter
def undo_url(message: Message) -> str:
    """The address that a toast's Undo button posts to, if it has one."""
    return undo_url_of(message.extra_tags)
