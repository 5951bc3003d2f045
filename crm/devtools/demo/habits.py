"""How often people come, and why: most once, a few for ever."""

from array import array
from collections.abc import MutableSequence
from dataclasses import dataclass, replace
from random import Random

# A Lomax distribution: many ones, a long tail. Top 20 % of guests bring about 60 %.
_TAIL = 1.6
_MOST = 11.0
_ONCE = 0.53


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of being a guest.

    ``reasons`` are those of ``seasons.calendars`` with how often each is the one;
    ``gap_days`` from visit to visit; ``stays_true`` is how likely somebody who came
    several times still comes today. ``is_new`` are those who found the house lately.
    """

    name: str
    reasons: tuple[tuple[str, float], ...]
    gap_days: tuple[int, int]
    stays_true: float
    spends: float = 1.0
    lives_near: float = 0.1
    is_work: bool = False
    is_new: bool = False

    def draw_reason(self, rng: Random) -> str:
        point = rng.random()
        for reason, share in self.reasons:
            point -= share
            if point < 0:
                return reason
        return self.reasons[0][0]


TOURIST = Habit(
    "tourist",
    (("holiday", 0.82), ("meal", 0.14), ("walk", 0.04)),
    gap_days=(340, 420),
    stays_true=0.6,
)
WEEKENDER = Habit(
    "weekender",
    (("holiday", 0.72), ("meal", 0.24), ("walk", 0.04)),
    gap_days=(130, 460),
    stays_true=0.6,
    spends=1.15,
)
TRAVELLER = Habit(
    "traveller",
    (("work", 0.86), ("meal", 0.14)),
    gap_days=(18, 75),
    stays_true=0.62,
    is_work=True,
)
NEIGHBOUR = Habit(
    "neighbour",
    (("meal", 0.90), ("holiday", 0.04), ("party", 0.06)),
    gap_days=(20, 120),
    stays_true=0.66,
    spends=0.95,
    lives_near=0.95,
)
VILLAGER = replace(NEIGHBOUR, name="villager", gap_days=(120, 560), stays_true=0.5)
PARTY_GUEST = Habit(
    "party guest",
    (("party", 0.72), ("meal", 0.28)),
    gap_days=(150, 400),
    stays_true=0.5,
    spends=0.9,
    lives_near=0.85,
)
NEWCOMER = replace(VILLAGER, name="newcomer", gap_days=(20, 85), is_new=True)
DRIFTER = Habit(
    "drifter",
    (("meal", 0.45), ("holiday", 0.55)),
    gap_days=(40, 150),
    stays_true=0.08,
    lives_near=0.45,
)
COFFEE_DRINKER = Habit(
    "coffee drinker", (("coffee", 1.0),), (6, 45), stays_true=0.6, lives_near=0.85
)
COFFEE_NEWCOMER = replace(COFFEE_DRINKER, name="new in the café", is_new=True)
COFFEE_DRIFTER = Habit(
    "coffee drifter", (("coffee", 1.0),), (30, 300), stays_true=0.2, lives_near=0.6
)

# By number of visits: up to so many, habits with their shares.
Ladder = tuple[tuple[int, tuple[tuple[Habit, float], ...]], ...]
SOLVIK: Ladder = (
    (1, ((TOURIST, 0.64), (VILLAGER, 0.16), (TRAVELLER, 0.12), (PARTY_GUEST, 0.08))),
    (
        4,
        (
            (TOURIST, 0.26),
            (WEEKENDER, 0.30),
            (VILLAGER, 0.22),
            (NEWCOMER, 0.09),
            (DRIFTER, 0.05),
            (TRAVELLER, 0.05),
            (PARTY_GUEST, 0.05),
        ),
    ),
    (11, ((WEEKENDER, 0.40), (NEIGHBOUR, 0.34), (TRAVELLER, 0.22), (DRIFTER, 0.04))),
    (9999, ((NEIGHBOUR, 0.62), (TRAVELLER, 0.38))),
)
MANE: Ladder = (
    (4, ((COFFEE_DRIFTER, 0.65), (COFFEE_DRINKER, 0.25), (COFFEE_NEWCOMER, 0.1))),
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
    if rng.random() < _ONCE:
        return 0.0
    return 0.2 + min((1 - rng.random()) ** (-1 / _TAIL) - 1, _MOST)
