"""Shares, scores and their intervals, on plain counts.

Formulas and worked numbers: docs/domain.md. 95 % two-sided throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

Z = 1.959963984540054
# One-sided 80 %: how often a true difference should be found.
_POWER = 0.8416212335729143

# Below this many answers a score says more about chance than about the house.
TOO_FEW = 10
UNCERTAIN_BELOW = 30


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval around an estimate."""

    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Return whether an interval around a difference leaves out "no change"."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total`` with a Wilson interval; nothing to say when total is 0."""

    hits: int
    total: int

    @property
    def rate(self) -> float | None:
        """Return the share, 0 to 1; None without observations."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Return the Wilson interval, 0 to 1; None without observations."""
        return wilson(self.hits, self.total) if self.total else None

    @property
    def is_too_few(self) -> bool:
        return self.total < TOO_FEW

    @property
    def is_uncertain(self) -> bool:
        return self.total < UNCERTAIN_BELOW


def wilson(hits: int, total: int, *, z: float = Z) -> Interval:
    """Return Wilson's score interval for ``hits`` of ``total``, total at least 1.

    ``z`` is the two-sided point of the normal distribution, that of 95 % by default.
    Source: E. B. Wilson (1927); test values of R. G. Newcombe (1998).
    """
    p, z2 = hits / total, z * z
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = z / (1 + z2 / total) * sqrt(p * (1 - p) / total + z2 / (4 * total * total))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def share_change(before: Share, after: Share) -> Interval | None:
    """Return the interval around ``after`` minus ``before``, -1 to 1; None if empty.

    Source: R. G. Newcombe (1998), method 10, from the two Wilson intervals.
    """
    if not before.total or not after.total:
        return None
    p1, p2 = after.hits / after.total, before.hits / before.total
    one, two = wilson(after.hits, after.total), wilson(before.hits, before.total)
    return Interval(
        p1 - p2 - sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2),
        p1 - p2 + sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of those who got something, beside those who were left out."""

    treated: Share
    control: Share

    @property
    def difference(self) -> float | None:
        """Return how much larger the share of the treated is, -1 to 1."""
        if self.treated.rate is None or self.control.rate is None:
            return None
        return self.treated.rate - self.control.rate

    @property
    def interval(self) -> Interval | None:
        return share_change(before=self.control, after=self.treated)

    @property
    def more_needed(self) -> int | None:
        """Return how many more to observe until a difference like this one is shown.

        Divided between the two as until now, and never none: until it is shown, more
        are needed. None where there is no difference, or nothing to reckon from.
        """
        if not self.difference:
            return None
        p, q = self.treated.rate or 0.0, self.control.rate or 0.0
        ratio = self.treated.total / self.control.total
        needed = ceil(needed_each(q, p, ratio=ratio) * (1 + ratio))
        return max(1, needed - self.treated.total - self.control.total)


def needed_each(before: float, after: float, *, ratio: float = 1.0) -> int:
    """Return how many to leave out, and ``ratio`` times as many to treat, to find the
    difference of two shares four times in five.

    Two-sided 5 %. Source: J. L. Fleiss (1981), without the continuity correction.
    """
    mean = (before + ratio * after) / (1 + ratio)
    spread = before * (1 - before) + after * (1 - after) / ratio
    root = Z * sqrt(mean * (1 - mean) * (1 + 1 / ratio)) + _POWER * sqrt(spread)
    return ceil((root / (after - before)) ** 2)


def pooled(strata: Sequence[Comparison]) -> tuple[float, Interval] | None:
    """Return the difference over several comparisons, and the interval around it.

    Mantel and Haenszel's weights, so that a time or an automation with other guests
    does not pass for an effect. Variance: T. Sato (1989). One comparison has the
    interval of Newcombe. None where nobody can be compared.
    """
    known = [one for one in strata if one.treated.total and one.control.total]
    if not known:
        return None
    if len(known) == 1:
        only, around = known[0].difference, known[0].interval
        return None if only is None or around is None else (only, around)
    weight = sum(
        one.treated.total * one.control.total / (one.treated.total + one.control.total)
        for one in known
    )
    difference = sum(_weighted(one) for one in known) / weight
    half = Z * sqrt(max(0.0, _sato(known, difference))) / weight
    return difference, Interval(
        max(-1.0, difference - half), min(1.0, difference + half)
    )


def _weighted(one: Comparison) -> float:
    t, c = one.treated, one.control
    return (t.hits * c.total - c.hits * t.total) / (t.total + c.total)


def _sato(known: Sequence[Comparison], difference: float) -> float:
    total = 0.0
    for one in known:
        t, c = one.treated, one.control
        n = t.total + c.total
        p = (c.total**2 * t.hits - t.total**2 * c.hits) / n**2
        p += t.total * c.total * (c.total - t.total) / (2 * n**2)
        q = t.hits * (c.total - c.hits) + c.hits * (t.total - t.hits)
        total += difference * p + q / (2 * n)
    return total


@dataclass(frozen=True, slots=True)
class NpsSummary:
    """Answers 0-10 to "would you recommend us", counted in the three groups."""

    promoters: int
    passives: int
    detractors: int

    @classmethod
    def of_scores(cls, counts: dict[int, int]) -> "NpsSummary":
        """Return the summary of ``counts``, the number of answers by score 0 to 10."""
        return cls(
            promoters=sum(n for score, n in counts.items() if score >= 9),
            passives=sum(n for score, n in counts.items() if 7 <= score <= 8),
            detractors=sum(n for score, n in counts.items() if score <= 6),
        )

    @property
    def total(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        """Return promoters minus detractors in percent, -100 to 100; None if empty."""
        if not self.total:
            return None
        return 100 * (self.promoters - self.detractors) / self.total

    @property
    def interval(self) -> Interval | None:
        """Return the adjusted Wald interval around the score, within -100 to 100.

        Three answers are added, 3/4 to each end, so that ten tens do not look certain.
        Source: B. Rocks (2016), Interval estimation for the Net Promoter Score.
        """
        if not self.total:
            return None
        centre, half = self._adjusted_centre, Z * self._adjusted_error
        return Interval(max(-100.0, centre - half), min(100.0, centre + half))

    @property
    def _adjusted_centre(self) -> float:
        return 100 * (self.promoters - self.detractors) / (self.total + 3)

    @property
    def _adjusted_error(self) -> float:
        n = self.total + 3
        p, d = (self.promoters + 0.75) / n, (self.detractors + 0.75) / n
        return 100 * sqrt((p + d - (p - d) ** 2) / n)

    @property
    def is_too_few(self) -> bool:
        return self.total < TOO_FEW

    @property
    def is_uncertain(self) -> bool:
        return self.total < UNCERTAIN_BELOW


def nps_change(before: NpsSummary, after: NpsSummary) -> Interval | None:
    """Return the interval around the change of the score; None if either is empty."""
    if before.score is None or after.score is None:
        return None
    half = Z * sqrt(before._adjusted_error**2 + after._adjusted_error**2)
    return Interval(
        after.score - before.score - half, after.score - before.score + half
    )


@dataclass(frozen=True, slots=True)
class MeanSummary:
    """Answers on a scale from ``low`` to ``high``: how many, their sum and squares."""

    total: int
    sum: int
    sum_of_squares: int
    low: int
    high: int

    @classmethod
    def of_scores(cls, counts: dict[int, int], *, low: int, high: int) -> "MeanSummary":
        """Return the summary of ``counts``, the number of answers by score."""
        return cls(
            total=sum(counts.values()),
            sum=sum(score * n for score, n in counts.items()),
            sum_of_squares=sum(score * score * n for score, n in counts.items()),
            low=low,
            high=high,
        )

    @property
    def mean(self) -> float | None:
        return self.sum / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Return Student's interval around the mean, within the scale; None below 2."""
        if self.total < 2:
            return None
        mean = self.sum / self.total
        variance = max(0.0, self.sum_of_squares - self.total * mean * mean) / (
            self.total - 1
        )
        half = student_t(self.total - 1) * sqrt(variance / self.total)
        return Interval(max(self.low, mean - half), min(self.high, mean + half))

    @property
    def is_too_few(self) -> bool:
        return self.total < TOO_FEW

    @property
    def is_uncertain(self) -> bool:
        return self.total < UNCERTAIN_BELOW


def student_t(degrees: int) -> float:
    """Return the two-sided 95 % point of Student's t with ``degrees`` of freedom.

    Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5), right to 0.001 from five
    degrees on; the product shows no interval for fewer than ten answers.
    """
    terms = (
        Z,
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return sum(term / degrees**power for power, term in enumerate(terms))
