"""Conditions over a column, or over rows beside a guest, for each kind of field.

Each is true or false and never NULL, so that ``~`` gives everybody else.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from crm.core.clock import day_bounds
from customers.segments.fields import Context, ToQ
from customers.segments.operators import Operator, days_meant

Op = Operator


def by_number(path: str) -> ToQ:
    """Return questions of a number, which may be NULL."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        known = Q((f"{path}__isnull", False))
        if operator == Op.IS_KNOWN:
            return known
        if operator == Op.IS_UNKNOWN:
            return Q((f"{path}__isnull", True))
        if operator == Op.BETWEEN:
            low, high = value
            return known & Q((f"{path}__gte", low), (f"{path}__lte", high))
        look_up = {Op.AT_LEAST: "gte", Op.AT_MOST: "lte", Op.IS: "exact"}[operator]
        return known & Q((f"{path}__{look_up}", value))

    return to_q


def by_date(path: str) -> ToQ:
    """Return questions of a day, which may be NULL."""

    def to_q(operator: Operator, value: Any, context: Context) -> Q:
        known = Q((f"{path}__isnull", False))
        if operator == Op.IS_KNOWN:
            return known
        if operator == Op.IS_UNKNOWN:
            return Q((f"{path}__isnull", True))
        if operator == Op.IN_MONTHS:
            return known & Q((f"{path}__month__in", value))
        first, last = days_meant(operator, value, context.today)
        return known & _within(path, first, last)

    return to_q


def by_instant(path: str) -> ToQ:
    """Return questions of an instant by the days of the house. It may be NULL."""

    def to_q(operator: Operator, value: Any, context: Context) -> Q:
        known = Q((f"{path}__isnull", False))
        if operator == Op.IS_KNOWN:
            return known
        if operator == Op.IS_UNKNOWN:
            return Q((f"{path}__isnull", True))
        first, last = days_meant(operator, value, context.today)
        zone = context.business.time_zone
        asked = known
        if first:
            asked &= Q((f"{path}__gte", _start(first, zone)))
        if last:
            asked &= Q((f"{path}__lt", _end(last, zone)))
        return asked

    return to_q


def _start(day: date, zone: str) -> datetime:
    return day_bounds(max(day, date(2, 1, 1)), zone)[0]


def _end(day: date, zone: str) -> datetime:
    return day_bounds(min(day, date(9998, 12, 31)), zone)[1]


def _within(path: str, first: date | None, last: date | None) -> Q:
    asked = Q()
    if first:
        asked &= Q((f"{path}__gte", first))
    if last:
        asked &= Q((f"{path}__lte", last))
    return asked


# Of an instant no month is asked: it would depend on the clock of the database.
INSTANT_OPERATORS = (
    Op.IN_LAST_DAYS, Op.MORE_THAN_DAYS_AGO, Op.BEFORE, Op.AFTER, Op.BETWEEN,
)  # fmt: skip


def by_text(path: str) -> ToQ:
    """Return questions of words, however they are capitalised. Empty is not known."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        if operator == Op.IS_KNOWN:
            return ~Q((path, ""))
        if operator == Op.IS_UNKNOWN:
            return Q((path, ""))
        look_up = "istartswith" if operator == Op.BEGINS_WITH else "iexact"
        return Q((f"{path}__{look_up}", value))

    return to_q


def by_choice(path: str) -> ToQ:
    """Return questions of a word out of a few. Empty is not known."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        if operator == Op.IS_KNOWN:
            return ~Q((path, ""))
        if operator == Op.IS_UNKNOWN:
            return Q((path, ""))
        fits = Q((f"{path}__in", value))
        return fits if operator == Op.ONE_OF else ~fits & ~Q((path, ""))

    return to_q


def by_row(path: str, to: str = "uuid") -> ToQ:
    """Return questions of the row a column points at, by ``to``. It may be NULL."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        known = Q((f"{path}__isnull", False))
        if operator == Op.IS_KNOWN:
            return known
        if operator == Op.IS_UNKNOWN:
            return Q((f"{path}__isnull", True))
        fits = Q((f"{path}__{to}__in", value))
        return known & fits if operator == Op.ONE_OF else known & ~fits

    return to_q


def by_flag(condition: Callable[[Context], Q]) -> ToQ:
    """Return yes and no to a condition that is never NULL."""

    def to_q(operator: Operator, _value: Any, context: Context) -> Q:
        return condition(context) if operator == Op.YES else ~condition(context)

    return to_q


def by_rows(rows: Callable[[Context], QuerySet[Any]], asked: ToQ) -> ToQ:
    """Return questions of rows beside the guest, which ``OuterRef`` ties to them.

    One row that fits is enough; "not one of" and "not known" are true where none does.
    """

    def to_q(operator: Operator, value: Any, context: Context) -> Q:
        beside = rows(context)
        if operator in {Op.IS_KNOWN, Op.IS_UNKNOWN}:
            exists = Q(Exists(beside))
            return exists if operator == Op.IS_KNOWN else ~exists
        if operator == Op.NOT_ONE_OF:
            fits = asked(Op.ONE_OF, value, context)
            return ~Q(Exists(beside.filter(fits)))
        return Q(Exists(beside.filter(asked(operator, value, context))))

    return to_q


def by_comparison(left: Any, right: Callable[[int], Any], known: Q) -> ToQ:
    """Return questions of a figure that is worked out; ``known`` says of whom."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        if operator == Op.BETWEEN:
            low, high = value
            return (
                known
                & Q(GreaterThanOrEqual(left, right(low)))
                & Q(LessThanOrEqual(left, right(high)))
            )
        look_up = GreaterThanOrEqual if operator == Op.AT_LEAST else LessThanOrEqual
        return known & Q(look_up(left, right(value)))

    return to_q


def days_between(first: Any, last: Any) -> Func:
    """Return how many days lie between two expressions that are days."""
    return Func(
        last,
        first,
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=models.IntegerField(),
    )


def days_since(path: str, today: date) -> Func:
    """Return how many days a column's day lies back."""
    return days_between(F(path), Value(today, output_field=models.DateField()))


def by_birthday(month: str, day: str) -> ToQ:
    """Return questions of a day that comes each year. 29 February is 28 February in
    years without one."""

    def to_q(operator: Operator, value: Any, context: Context) -> Q:
        known = Q((f"{month}__isnull", False))
        if operator == Op.IS_KNOWN:
            return known
        if operator == Op.IS_UNKNOWN:
            return Q((f"{month}__isnull", True))
        if operator == Op.IN_MONTHS:
            return known & Q((f"{month}__in", value))
        return known & _birthdays(month, day, context.today, value)

    return to_q


def _birthdays(month: str, day: str, today: date, days: int) -> Q:
    if days >= 366:
        return Q()
    asked: dict[int, set[int]] = {}
    for number in range(days + 1):
        each = today + timedelta(days=number)
        asked.setdefault(each.month, set()).add(each.day)
        if (each.month, each.day) == (2, 28) and (each + timedelta(days=1)).day == 1:
            asked[2].add(29)
    fits = Q(pk__in=[])
    for of_month, of_days in asked.items():
        fits |= Q((month, of_month), (f"{day}__in", sorted(of_days)))
    return fits
