"""What to ask a guest at the next visit: what is not known, or not to be trusted.

The house says what it asks for, and how much of it at one visit. Who did not want to
say something is not asked for it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from crm.tenancy.models import Business
from customers.models import (
    AskingRules,
    ContactPoint,
    Fact,
    FactCheck,
    Guest,
    Preference,
)
from customers.quality.asking_rules import rules_of, stale_before
from customers.quality.left_alone import bounced_among
from customers.quality.question import Known, Question
from customers.quality.what_to_ask import ASK

Kind, Outcome = ContactPoint.Kind, FactCheck.Outcome


def questions_for(
    business: Business, guests: Iterable[Guest], *, today: date
) -> dict[int, list[Question]]:
    """Return what to ask each guest, the most useful first; absent means nothing.

    At most five queries, however many guests.
    """
    by_id = {guest.pk: guest for guest in guests}
    rules = rules_of(business)
    if not by_id or not rules.asked:
        return {}
    stale = stale_before(business, today=today, rules=rules)
    asked = {
        known.guest.pk: questions_about(known, rules, stale=stale, today=today)
        for known in _known(business, by_id, rules)
    }
    return {pk: questions for pk, questions in asked.items() if questions}


def questions_about(
    known: Known, rules: AskingRules, *, stale: datetime, today: date
) -> list[Question]:
    """Return what one guest is asked, no more than the house wants to ask at once."""
    found = (
        ASK[Fact(fact)](known, stale, today)
        for fact in rules.asked
        if not _declined(known, fact)
    )
    return [question for question in found if question][: rules.most_per_visit]


def _declined(known: Known, fact: str) -> bool:
    check = known.checks.get(fact)
    return check is not None and check.outcome == Outcome.DECLINED


def _known(
    business: Business, guests: Mapping[int, Guest], rules: AskingRules
) -> list[Known]:
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in business.contact_points.filter(guest__in=guests).order_by(
        "-is_primary", "created_at", "pk"
    ):
        points[point.guest_id].append(point)
    emails = [p for some in points.values() for p in some if p.kind == Kind.EMAIL]
    bounced = bounced_among(business, emails) if Fact.EMAIL in rules.asked else set()
    checks: dict[int, dict[str, FactCheck]] = defaultdict(dict)
    for check in business.fact_checks.filter(guest__in=guests):
        checks[check.guest_id][check.fact] = check
    wishes = _wishes(business, guests) if Fact.WISHES in rules.asked else {}
    return [
        Known(
            guest=guest,
            points=points.get(pk, []),
            bounced=bounced,
            checks=checks.get(pk, {}),
            wishes=wishes.get(pk, []),
        )
        for pk, guest in guests.items()
    ]


def _wishes(
    business: Business, guests: Mapping[int, Guest]
) -> dict[int, list[Preference]]:
    wishes: dict[int, list[Preference]] = defaultdict(list)
    current = business.preferences.filter(guest__in=guests, ended_at=None)
    for wish in current.select_related("kind").order_by("confirmed_on", "pk"):
        wishes[wish.guest_id].append(wish)
    return wishes
