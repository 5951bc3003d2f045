"""Everything on the page "Do they come back?", in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.numbers import round_half_up
from crm.core.periods import Period, months_between
from crm.core.statistics import Interval, Share, nps_change, share_change
from crm.dashboards.coming import count_visits, messages_by_month, visits_by_month
from crm.dashboards.returning import WITHIN_DAYS, return_by_month, return_share
from crm.tenancy.models import Business, Venue
from surveys.results import AnswerFigures, answer_figures


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a period, and of the one it is compared with.

    ``returns`` are of guests first here from ``first_from`` to ``first_to``: the period
    moved back so far that all of them have had the time.
    """

    period: Period
    visits: dict[date, Counter[str]]
    visits_before: int
    first_from: date
    first_to: date
    returns: Share
    returns_before: Share
    returns_by_month: dict[date, Share]
    return_months: list[date]
    answers: AnswerFigures
    answers_before: AnswerFigures
    messages: Counter[date]
    messages_before: int

    @property
    def returned_per_hundred(self) -> list[int]:
        """Return the share and its interval in whole percent: estimate, low, high."""
        interval = self.returns.interval
        if interval is None:
            return []
        shares = (self.returns.rate or 0, interval.low, interval.high)
        return [int(round_half_up(100 * share)) for share in shares]

    @property
    def visit_count(self) -> int:
        return sum(sum(kinds.values()) for kinds in self.visits.values())

    @property
    def visits_change(self) -> float | None:
        """Return the change of visits in percent of those before; None without any."""
        if not self.visits_before:
            return None
        return 100 * (self.visit_count / self.visits_before - 1)

    @property
    def message_count(self) -> int:
        return self.messages.total()

    @property
    def return_change(self) -> Interval | None:
        """Return the interval around the change of the share; None if too few."""
        if self.returns.is_too_few or self.returns_before.is_too_few:
            return None
        return share_change(self.returns_before, self.returns)

    @property
    def nps_change(self) -> Interval | None:
        """Return the interval around the change of the score; None if too few."""
        now, before = self.answers.nps, self.answers_before.nps
        if now.is_too_few or before.is_too_few:
            return None
        return nps_change(before, now)

    @property
    def is_empty(self) -> bool:
        return not (
            self.visit_count
            or self.visits_before
            or self.returns.total
            or self.answers.total
            or self.message_count
        )


def build_overview(
    business: Business, period: Period, *, today: date, venue: Venue | None = None
) -> Overview:
    """Return the figures of one venue or of all. Costs thirteen queries."""
    time_needed = timedelta(days=WITHIN_DAYS)
    before = period.before
    first_from, first_to = period.start - time_needed, period.end - time_needed
    return_months = months_between(first_from, period.end)
    return Overview(
        period=period,
        visits=visits_by_month(business, period, venue=venue),
        visits_before=count_visits(business, before, venue=venue),
        first_from=first_from,
        first_to=first_to,
        returns=return_share(business, first_from, first_to, venue=venue),
        returns_before=return_share(
            business, before.start - time_needed, before.end - time_needed, venue=venue
        ),
        returns_by_month=return_by_month(
            business, return_months, today=today, venue=venue
        ),
        return_months=return_months,
        answers=answer_figures(business, period, venue=venue),
        answers_before=answer_figures(business, before, venue=venue),
        messages=messages_by_month(business, period, venue=venue),
        messages_before=messages_by_month(business, before, venue=venue).total(),
    )
