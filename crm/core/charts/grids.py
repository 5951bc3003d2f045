"""Shares in a grid: a table that is its own chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from crm.core.charts.pieces import Say

_HEAT_LEVELS = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """One share of a grid. None means too early to say, and stays blank."""

    share: float | None
    text: str
    level: int

    @property
    def css_class(self) -> str:
        return "none" if self.share is None else f"heat-{self.level}"


@dataclass(frozen=True, slots=True)
class CohortRow:
    label: str
    total: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class CohortGrid:
    """A table that is its own chart."""

    title: str
    headings: Sequence[str]
    rows: Sequence[CohortRow]

    @property
    def is_empty(self) -> bool:
        return not self.rows


def cohort_grid(
    rows: Iterable[tuple[str, int, Sequence[float | None]]],
    *,
    title: str,
    headings: Sequence[str],
    say: Say,
) -> CohortGrid:
    """Colour the shares of each cohort, the deepest for the largest share of all."""
    rows = list(rows)
    shares = [share for _, _, cells in rows for share in cells if share is not None]
    top = max(shares, default=0.0)
    return CohortGrid(
        title,
        headings,
        [
            CohortRow(label, total, [_cell(share, top, say) for share in cells])
            for label, total, cells in rows
        ],
    )


def _cell(share: float | None, top: float, say: Say) -> Cell:
    if share is None:
        return Cell(None, "", 0)
    return Cell(share, say(share), ceil(_HEAT_LEVELS * share / top) if top else 0)
