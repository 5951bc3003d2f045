"""Three bands: certainly one person, somebody should look, and no."""

from dataclasses import dataclass
from enum import StrEnum

from customers.models import DuplicateRules


class Band(StrEnum):
    CERTAIN = "certain"
    REVIEW = "review"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on a pair is certain, and from which somebody looks."""

    certain_from: int = DuplicateRules.CERTAIN
    review_from: int = DuplicateRules.REVIEW

    @classmethod
    def of(cls, rules: DuplicateRules) -> "Thresholds":
        return cls(rules.certain_from, rules.review_from)

    def band_of(self, score: int) -> Band:
        if score >= self.certain_from:
            return Band.CERTAIN
        return Band.REVIEW if score >= self.review_from else Band.NO
