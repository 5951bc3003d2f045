"""Whom an automation is for: the guests of its segment."""

from datetime import date

from django.db.models import QuerySet

from customers.models import Guest
from customers.segments.asking import guests_in
from customers.segments.trees import TreeProblem
from outreach.models import Automation


class NobodyIsMeant(Exception):
    """The rules of the segment make no sense any more, so that it is for nobody."""


def people_of(automation: Automation, *, today: date) -> QuerySet[Guest] | None:
    """Return the guests it is for; None where it is for everybody.

    Raise NobodyIsMeant where the rules of its segment make no sense.
    """
    segment = automation.segment
    if segment is None:
        return None
    try:
        return guests_in(automation.business, segment.rules, today=today)
    except TreeProblem as problem:
        raise NobodyIsMeant from problem
