"""Shares, scores and their intervals, on plain counts.

Formulas and worked numbers: docs/domain.md. 95 % two-sided throughout.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054

# Below this many answers a score says more about chance than about the house.
TOO_FEW = 10
UNCERTAIN_BELOW = 30


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval around an estimate."""

    low: float
    high: float


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


def wilson(hits: int, total: int) -> Interval:
    """Return Wilson's score interval for ``hits`` of ``total``, total at least 1.

    Source: E. B. Wilson (1927); test values of R. G. Newcombe (1998).
    """
    p, z2 = hits / total, Z * Z
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = Z / (1 + z2 / total) * sqrt(p * (1 - p) / total + z2 / (4 * total * total))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


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
        n = self.total + 3
        p, d = (self.promoters + 0.75) / n, (self.detractors + 0.75) / n
        half = Z * 100 * sqrt((p + d - (p - d) ** 2) / n)
        centre = 100 * (p - d)
        return Interval(max(-100.0, centre - half), min(100.0, centre + half))

    @property
    def is_too_few(self) -> bool:
        return self.total < TOO_FEW

    @property
    def is_uncertain(self) -> bool:
        return self.total < UNCERTAIN_BELOW
