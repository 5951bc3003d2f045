"""Where things stand in a drawing: its size, the upright axis, the steps across."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from crm.core.charts.figures import Point

# Units of the drawing. Near the width it has on the page, so that text keeps its size.
WIDTH = 440
HEIGHT = 232
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 18, 34
FLOOR = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Scale:
    """The upright axis: from ``low`` to ``top`` with a line at every ``step``."""

    low: float
    top: float
    step: float

    @classmethod
    def for_points(cls, points: Sequence[Point], top: float | None) -> "Scale":
        return cls.for_heights([reach(point) for point in points], top)

    @classmethod
    def for_heights(
        cls, reaches: Sequence[tuple[float, float]], top: float | None
    ) -> "Scale":
        """Return a scale with round steps that holds zero and every reach."""
        low = min([0.0, *(reach[0] for reach in reaches)])
        high = top or max([0.0, *(reach[1] for reach in reaches)]) or 1.0
        step = round_step(high - low)
        return cls(step * floor(low / step), step * ceil(high / step - 1e-9), step)

    @property
    def ticks(self) -> list[float]:
        count = round((self.top - self.low) / self.step)
        return [round(self.low + number * self.step, 10) for number in range(count + 1)]

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.top - self.low)
        return FLOOR - share * (FLOOR - TOP)


def round_step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten that cuts ``span`` in four at most."""
    rough = span / 4
    magnitude = 10.0 ** floor(log10(rough))
    return next(
        (n * magnitude for n in (1, 2, 5) if n * magnitude >= rough * 0.999),
        10 * magnitude,
    )


def reach(point: Point) -> tuple[float, float]:
    """Return the lowest and the highest that a point needs room for."""
    known = [v for v in (point.value, point.low, point.high) if v is not None]
    return (min(known), max(known)) if known else (0.0, 0.0)


def spread(count: int) -> list[float]:
    """Return where each of ``count`` equal steps stands across the drawing."""
    room = WIDTH - LEFT - RIGHT
    if count == 1:
        return [LEFT + room / 2]
    return [LEFT + room * number / (count - 1) for number in range(count)]


def slots(count: int) -> list[tuple[float, float]]:
    """Return left edge and width of each column, with air between them."""
    slot = (WIDTH - LEFT - RIGHT) / count
    width = min(slot * 0.72, 48)
    return [(LEFT + slot * n + (slot - width) / 2, width) for n in range(count)]


def stacked(points: Sequence[Point], upper: Sequence[Point]) -> list[Point]:
    """Return ``upper`` raised to stand on ``points``; nothing without ``upper``."""
    pairs = zip(points, upper, strict=True) if upper else []
    return [
        Point(above.label, (above.value or 0) + (below.value or 0), above.text)
        for below, above in pairs
    ]
