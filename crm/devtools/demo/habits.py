"""How often people come, and why: most once, a few for ever."""

from array import array
from collections.abc import MutableSequence
from dataclasses import dataclass
from random import Random

# A Lomax distribution: many ones, a long tail. Top 20 % of guests bring about 60 %.
_TAIL = 2.3
_MOST = 45.0


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of being a guest.

    ``reasons`` are those of ``seasons.calendars`` with how often each is the one;
    ``gap_days`` from visit to visit; ``stays_true`` is how likely somebody who came
    several times still comes today.
    """

    name: str
    reasons: tuple[tuple[str, float], ...]
    gap_days: tuple[int, int]
    stays_true: float
    spends: float = 1.0
    lives_near: float = 0.1
    is_work: bool = False

    def draw_reason(self, rng: Random) -> str:
        point = rng.random()
        for reason, share in self.reasons:
            point -= share
            if point < 0:
                return reason
        return self.reasons[0][0]


TOURIST = Habit(
    "tourist", (("holiday", 0.82), ("meal", 0.14), ("walk", 0.04)), (330, 400), 0.6
)
WEEKENDER = Habit(
    "weekender",
    (("holiday", 0.72), ("meal", 0.24), ("walk", 0.04)),
    (90, 260),
    0.6,
    1.15,
)
TRAVELLER = Habit(
    "traveller", (("work", 0.86), ("meal", 0.14)), (18, 75), 0.62, 1.0, is_work=True
)
NEIGHBOUR = Habit(
    "neighbour", (("meal", 0.90), ("holiday", 0.04), ("party", 0.06)), (20, 120), 0.66,
    0.95, lives_near=0.95,
)  # fmt: skip
PARTY_GUEST = Habit(
    "party guest", (("party", 0.72), ("meal", 0.28)), (150, 380), 0.5, 0.9,
    lives_near=0.85,
)  # fmt: skip
DRIFTER = Habit(
    "drifter",
    (("meal", 0.45), ("holiday", 0.55)),
    (40, 150),
    0.08,
    1.0,
    lives_near=0.45,
)
COFFEE_DRINKER = Habit(
    "coffee drinker", (("coffee", 1.0),), (6, 45), 0.6, lives_near=0.85
)
COFFEE_DRIFTER = Habit(
    "coffee drifter", (("coffee", 1.0),), (10, 60), 0.1, lives_near=0.6
)

# By number of visits: (up to, habits with their shares).
Ladder = tuple[tuple[int, tuple[tuple[Habit, float], ...]], ...]
SOLVIK: Ladder = (
    (1, ((TOURIST, 0.64), (NEIGHBOUR, 0.16), (TRAVELLER, 0.12), (PARTY_GUEST, 0.08))),
    (
        4,
        (
            (TOURIST, 0.16),
            (WEEKENDER, 0.26),
            (NEIGHBOUR, 0.20),
            (DRIFTER, 0.24),
            (TRAVELLER, 0.10),
            (PARTY_GUEST, 0.04),
        ),
    ),
    (11, ((WEEKENDER, 0.34), (NEIGHBOUR, 0.36), (TRAVELLER, 0.22), (DRIFTER, 0.08))),
    (9999, ((NEIGHBOUR, 0.62), (TRAVELLER, 0.38))),
)
MANE: Ladder = (
    (3, ((COFFEE_DRINKER, 0.6), (COFFEE_DRIFTER, 0.4))),
    (9999, ((COFFEE_DRINKER, 0.85), (COFFEE_DRIFTER, 0.15))),
)


def draw_habit(ladder: Ladder, visits: int, rng: Random) -> Habit:
    """Draw why somebody who came ``visits`` times came."""
    habits = next(habits for most, habits in ladder if visits <= most)
    point = rng.random()
    for habit, share in habits:
        point -= share
        if point < 0:
            return habit
    return habits[0][0]


def visit_counts(guests: int, visits: int, rng: Random) -> MutableSequence[int]:
    """Return how often each guest came: once or more, ``visits`` in all."""
    tails = array("d", (_draw_tail(rng) for _ in range(guests)))
    scale = (visits - guests) / sum(tails)
    counts = array("L")
    total = 0.0
    given = 0
    for tail in tails:
        total += tail * scale
        extra = int(total + 1e-6) - given
        given += extra
        counts.append(1 + extra)
    counts[-1] += visits - guests - given
    return counts


def _draw_tail(rng: Random) -> float:
    return min((1 - rng.random()) ** (-1 / _TAIL) - 1, _MOST / 3)
