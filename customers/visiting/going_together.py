"""What goes together: which things are had on the same visits more often than by chance.

Counted by a tick for each house, over completed visits of the last two years with at
least one line. A pair is counted among visits of one kind, that on which both are had
most: else everything that is had on stays would seem to go together, and everything
that is had at table. What is suggested to whom is in ``customers/visiting/suggestions.py``; worked
numbers are in docs/domain.md.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from crm.core.clock import add_months, local_date
from crm.core.statistics import Share, wilson
from crm.tenancy.models import Business
from customers.models import LinePair

MONTHS = 24
# Below this many visits with both, a pair says more about chance than about guests.
LEAST_TOGETHER = 20
# A house has thousands of things; pairs are looked for among the commonest.
MOST_THINGS = 200
# Two-sided 99.9 %: thousands of pairs are asked at once, and one in forty of them would
# seem to go together by chance alone at 95 %.
Z_OF_MANY = 3.290526731491926
NIGHT_HOUR = 3

_COUNT = """
WITH had AS MATERIALIZED (
    SELECT DISTINCT line.visit_id, visit.kind, line.key
    FROM customers_visitline AS line
    JOIN customers_visit AS visit ON visit.id = line.visit_id
    WHERE line.business_id = %(business)s AND visit.business_id = %(business)s
      AND visit.state = 'completed'
      AND visit.departure_date BETWEEN %(since)s AND %(until)s
), total AS (
    SELECT kind, count(*) AS visits
    FROM (SELECT DISTINCT visit_id, kind FROM had) AS visit GROUP BY kind
), common AS MATERIALIZED (
    SELECT key, row_number() OVER () AS number FROM (
        SELECT key FROM had GROUP BY key HAVING count(*) >= %(least)s
        ORDER BY count(*) DESC, key LIMIT %(most)s
    ) AS commonest
), single AS (
    SELECT had.kind, common.number, count(*) AS visits
    FROM had JOIN common ON common.key = had.key
    GROUP BY had.kind, common.number
), thing AS MATERIALIZED (
    -- All lines there ever were: what was once marked stays marked.
    SELECT common.number, common.key,
           mode() WITHIN GROUP (ORDER BY line.name) AS name,
           bool_or(line.is_alcohol) AS is_alcohol,
           bool_or(line.category = 'room') AS is_room
    FROM common JOIN customers_visitline AS line
      ON line.business_id = %(business)s AND line.key = common.key
    GROUP BY common.number, common.key
), visit_of_common AS (
    SELECT had.kind, array_agg(common.number) AS numbers
    FROM had JOIN common ON common.key = had.key
    GROUP BY had.visit_id, had.kind HAVING count(*) > 1
), pair AS (
    SELECT kind, one.number AS one, other.number AS other, count(*) AS together
    FROM visit_of_common
    CROSS JOIN unnest(numbers) AS one(number)
    CROSS JOIN unnest(numbers) AS other(number)
    WHERE one.number < other.number
    GROUP BY 1, 2, 3 HAVING count(*) >= %(least)s
), commonest_pair AS (
    SELECT DISTINCT ON (one, other) kind, one, other, together
    FROM pair ORDER BY one, other, together DESC, kind
), commonest AS (
    SELECT kind, one, other, together FROM commonest_pair
    UNION ALL SELECT kind, other, one, together FROM commonest_pair
)
SELECT one.key, other.key, one.name, other.name,
       total.visits, with_one.visits, with_other.visits, commonest.together
FROM commonest
JOIN total ON total.kind = commonest.kind
JOIN thing AS one ON one.number = commonest.one
JOIN thing AS other ON other.number = commonest.other
JOIN single AS with_one
  ON with_one.kind = commonest.kind AND with_one.number = commonest.one
JOIN single AS with_other
  ON with_other.kind = commonest.kind AND with_other.number = commonest.other
WHERE NOT other.is_alcohol AND NOT other.is_room
ORDER BY one.key, other.key
"""


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Of ``visits``, how many had the one thing, the other, and both."""

    visits: int
    with_one: int
    with_other: int
    with_both: int

    @property
    def share(self) -> Share:
        """Return how many of the visits with the one thing also had the other."""
        return Share(self.with_both, self.with_one)

    @property
    def share_without(self) -> Share:
        """Return how many of the visits without the one thing had the other."""
        return Share(self.with_other - self.with_both, self.visits - self.with_one)

    @property
    def lift(self) -> float:
        """Return P(both) / (P(one) · P(other)): 1 when they have nothing to do with
        each other, 2 when the other is had twice as often with the one as in all.
        """
        return self.with_both * self.visits / (self.with_one * self.with_other)

    @property
    def sure_lift(self) -> float:
        """Return the lift at the low end of the share's 99.9 % Wilson interval."""
        low = wilson(self.with_both, self.with_one, z=Z_OF_MANY).low
        return low * self.visits / self.with_other

    @property
    def holds(self) -> bool:
        """Return whether there are enough visits with both, and chance is ruled out."""
        return self.with_both >= LEAST_TOGETHER and self.sure_lift > 1


def counts_of(pair: LinePair) -> PairCounts:
    return PairCounts(
        pair.visits,
        pair.visits_with_key,
        pair.visits_with_other,
        pair.visits_with_both,
    )


def pair_counts(
    business: Business, *, today: date
) -> dict[tuple[str, str], PairCounts]:
    """Return the counts of every pair of things that were had together often enough.

    Keyed by the one thing and the other, which is never alcohol and never a room. What
    chance might explain is among them. One query, whose cost grows with the lines.
    """
    return {(row[0], row[1]): PairCounts(*row[4:]) for row in _rows(business, today)}


def recount_pairs(business: Business, *, today: date, now: datetime) -> int:
    """Count anew what goes together in a house, and return how many pairs hold."""
    pairs = [
        LinePair(
            business=business,
            key=key,
            with_key=other,
            name=name,
            with_name=other_name,
            visits=counts.visits,
            visits_with_key=counts.with_one,
            visits_with_other=counts.with_other,
            visits_with_both=counts.with_both,
            counted_at=now,
        )
        for key, other, name, other_name, *numbers in _rows(business, today)
        if (counts := PairCounts(*numbers)).holds
    ]
    _replace(business, pairs)
    return len(pairs)


def recount_due(*, now: datetime) -> int:
    """Count anew where it is night, and return for how many houses.

    The tick comes once an hour, so each house is counted once a night; one that is
    missed keeps the counts of the night before.
    """
    due = [
        business
        for business in Business.objects.order_by("pk")
        if now.astimezone(ZoneInfo(business.time_zone)).hour == NIGHT_HOUR
    ]
    for business in due:
        today = local_date(now, business.time_zone)
        recount_pairs(business, today=today, now=now)
    return len(due)


def _rows(business: Business, today: date) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "business": business.pk,
                "since": add_months(today, -MONTHS),
                "until": today,
                "least": LEAST_TOGETHER,
                "most": MOST_THINGS,
            },
        )
        return cursor.fetchall()


@transaction.atomic
def _replace(business: Business, pairs: list[LinePair]) -> None:
    # Two counts at once would each write what the other has deleted.
    Business.objects.select_for_update(no_key=True).only("pk").get(pk=business.pk)
    business.line_pairs.all().delete()
    LinePair.objects.bulk_create(pairs)
