"""Count who came again: those an automation wrote to, beside those left out by lot.

Everybody counts as drawn, whether or not a message reached them; otherwise those who
can be reached would be compared with everybody. What they did counts once the time
chosen beforehand is over.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from crm.core.statistics import Comparison, Share
from crm.tenancy.models import Business
from customers.models import Channel
from outreach.models import Automation, Message

# By year, because the share left out may have been another one then.
_COUNT = """
SELECT drawn.automation_id, extract(year FROM drawn.day)::int, drawn.is_control,
    count(*) FILTER (WHERE drawn.is_over),
    count(*) FILTER (WHERE drawn.is_over AND EXISTS (
        SELECT FROM customers_visit AS visit
        WHERE visit.business_id = %(business)s AND visit.guest_id = drawn.guest_id
          AND visit.state = 'completed' AND visit.arrival_date > drawn.day
          AND visit.arrival_date <= drawn.day + drawn.goal_days)),
    count(*) FILTER (WHERE NOT drawn.is_over)
FROM (
    SELECT exposure.automation_id, exposure.guest_id, exposure.is_control,
        automation.goal_days, clock.day,
        clock.day + automation.goal_days < %(today)s AS is_over
    FROM outreach_exposure AS exposure
    JOIN outreach_automation AS automation ON automation.id = exposure.automation_id
    CROSS JOIN LATERAL (
        SELECT (exposure.at AT TIME ZONE %(zone)s)::date AS day
    ) AS clock
    WHERE exposure.business_id = %(business)s
) AS drawn
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(slots=True)
class Counts:
    """What is known of one automation, by year, and of how many it is too early."""

    by_year: dict[int, Comparison] = field(default_factory=dict)
    pending: int = 0

    @property
    def strata(self) -> list[Comparison]:
        return list(self.by_year.values())

    @property
    def summed(self) -> Comparison:
        return add_up(self.strata)


@dataclass(frozen=True, slots=True)
class Cost:
    """What was sent: mails, SMS, and what the SMS cost, by currency."""

    mails: int = 0
    sms: int = 0
    amounts: tuple[tuple[str, int], ...] = ()


def add_up(strata: list[Comparison]) -> Comparison:
    return Comparison(
        Share(
            sum(one.treated.hits for one in strata),
            sum(one.treated.total for one in strata),
        ),
        Share(
            sum(one.control.hits for one in strata),
            sum(one.control.total for one in strata),
        ),
    )


def counts_of(business: Business, *, today: date) -> dict[int, Counts]:
    """Return what came of each automation of ``business``, by its id. One query."""
    shares: dict[tuple[int, int, bool], Share] = {}
    counts: dict[int, Counts] = defaultdict(Counts)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {"business": business.pk, "zone": business.time_zone, "today": today},
        )
        rows = cursor.fetchall()
    for automation_id, year, is_control, total, hits, pending in rows:
        shares[automation_id, year, is_control] = Share(hits, total)
        counts[automation_id].pending += pending
    for automation_id, year in sorted({key[:2] for key in shares}):
        counts[automation_id].by_year[year] = Comparison(
            treated=shares.get((automation_id, year, False), Share(0, 0)),
            control=shares.get((automation_id, year, True), Share(0, 0)),
        )
    return counts


def costs_of(automations: list[Automation]) -> dict[int, Cost]:
    """Return what each automation has sent and what it cost, by its id. One query."""
    rows = (
        Message.objects.filter(
            automation__in=automations, status=Message.Status.ACCEPTED
        )
        .values("automation_id", "cost_currency")
        .annotate(
            mails=Count("pk", filter=Q(channel=Channel.EMAIL)),
            sms=Count("pk", filter=Q(channel=Channel.SMS)),
            amount=Sum(Coalesce("cost", "cost_estimate", 0)),
        )
        .order_by("automation_id", "cost_currency")
    )
    costs: dict[int, Cost] = {}
    for row in rows:
        known = costs.get(row["automation_id"], Cost())
        amounts = known.amounts
        if row["amount"]:
            amounts += ((row["cost_currency"], row["amount"]),)
        costs[row["automation_id"]] = Cost(
            known.mails + row["mails"], known.sms + row["sms"], amounts
        )
    return costs
