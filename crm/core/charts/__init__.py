"""Drawings of figures: plain data in, a Chart out. No queries, no settings."""

from crm.core.charts.drawings import (
    column_chart,
    line_chart,
    row_chart,
    share_bar,
    sparkline,
)
from crm.core.charts.figures import Chart, Point
from crm.core.charts.grids import Cell, CohortGrid, CohortRow, cohort_grid

__all__ = [
    "Cell",
    "Chart",
    "CohortGrid",
    "CohortRow",
    "Point",
    "cohort_grid",
    "column_chart",
    "line_chart",
    "row_chart",
    "share_bar",
    "sparkline",
]
