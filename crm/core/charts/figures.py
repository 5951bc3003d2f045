"""What goes into a chart, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Point:
    """One figure with its words: ``text`` is the value and ``interval`` its range as
    people read them. A value of None is a gap: too few, or not over yet.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    interval: str = ""
    ink: str = ""

    @property
    def words(self) -> str:
        between = f" ({self.interval})" if self.interval else ""
        return f"{self.label}: {self.text}{between}"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the table that says the same."""

    title: str
    svg: SafeString
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_empty(self) -> bool:
        return not self.svg


def table_rows(points: Sequence[Point], upper: Sequence[Point] = ()) -> list[list[str]]:
    """Return label and words of each point; a third column for intervals or ``upper``."""
    has_interval = any(point.interval for point in points)
    return [
        [point.label, point.text]
        + ([point.interval or "–"] if has_interval else [])
        + ([upper[number].text] if upper else [])
        for number, point in enumerate(points)
    ]


def has_figures(points: Sequence[Point]) -> bool:
    return any(point.value is not None for point in points)
