"""Charts drawn as SVG: curves, columns, bars, and a curve the size of a word.

Every chart carries its own table. Colours and text sizes are in charts.css: the text is
sized there by the width of the drawing on the page, so pieces leave room for large labels.
"""

from collections.abc import Iterable, Sequence
from zlib import crc32

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from crm.core.charts.axes import HEIGHT, WIDTH, Scale, reach, slots, spread, stacked
from crm.core.charts.figures import Chart, Point, has_figures, table_rows
from crm.core.charts.pieces import (
    ROW_HEIGHT,
    Say,
    axis_lines,
    bands,
    columns,
    curves,
    hits,
    labels_below,
    last_word,
    lying_bar,
    part_of_bar,
    part_words,
    path_of,
    short,
)


def line_chart(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    headings: Sequence[str],
    say: Say,
    top: float | None = None,
) -> Chart:
    """Draw a curve over equal steps, with a band where points have low and high.

    ``say`` puts words to the figures on the axis. ``top`` fixes its upper end, so that
    charts side by side can be compared.
    """
    if not has_figures(points):
        return _nothing(title, headings)
    scale = Scale.for_points(points, top)
    xs = spread(len(points))
    drawing = [
        axis_lines(scale, say),
        bands(points, xs, scale),
        curves(points, xs, scale),
        hits(points, xs, scale),
        last_word(points, xs, scale),
        labels_below([point.label for point in points], xs),
    ]
    return Chart(
        title, drawing_of(title, description, drawing), headings, table_rows(points)
    )


def column_chart(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    headings: Sequence[str],
    say: Say,
    top: float | None = None,
    upper: Sequence[Point] = (),
) -> Chart:
    """Draw columns, with whiskers where points have low and high.

    ``upper`` is a second series of the same length, stacked on the first in the soft
    ink; its heading comes third.
    """
    if not (has_figures(points) or has_figures(upper)):
        return _nothing(title, headings)
    stacks = stacked(points, upper)
    scale = Scale.for_heights([reach(point) for point in [*points, *stacks]], top)
    places = slots(len(points))
    drawing = [axis_lines(scale, say)]
    drawing += columns(stacks, places, scale, "soft")
    drawing += columns(points, places, scale, "")
    centres = [left + width / 2 for left, width in places]
    drawing.append(labels_below([point.label for point in points], centres))
    return Chart(
        title,
        drawing_of(title, description, drawing),
        headings,
        table_rows(points, upper),
    )


def row_chart(
    points: Sequence[Point], *, title: str, description: str, headings: Sequence[str]
) -> Chart:
    """Draw bars that lie, each under its words: for names too long to stand below."""
    if not has_figures(points):
        return _nothing(title, headings)
    most = max(point.value or 0 for point in points) or 1
    rows = [
        lying_bar(point, number, WIDTH * (point.value or 0) / most)
        for number, point in enumerate(points)
    ]
    height = len(points) * ROW_HEIGHT
    svg = drawing_of(title, description, rows, height=height)
    return Chart(title, svg, headings, table_rows(points))


def share_bar(
    parts: Sequence[Point], *, title: str, description: str, headings: Sequence[str]
) -> Chart:
    """Draw one bar cut in parts, two or three, each named under its end of the bar."""
    total = sum(part.value or 0 for part in parts)
    if not total:
        return _nothing(title, headings)
    widths = [WIDTH * (part.value or 0) / total for part in parts]
    lefts = [sum(widths[:number]) for number in range(len(parts))]
    drawing = [
        part_of_bar(part, left, width)
        for part, left, width in zip(parts, lefts, widths, strict=True)
    ]
    drawing += [part_words(part, n, len(parts)) for n, part in enumerate(parts)]
    return Chart(
        title,
        drawing_of(title, description, drawing, height=92),
        headings,
        table_rows(parts),
    )


def sparkline(values: Sequence[float | None], label: str) -> SafeString:
    """Draw a curve the size of a word, its last value marked."""
    known = [
        (number, value) for number, value in enumerate(values) if value is not None
    ]
    if not known:
        return SafeString("")
    low = min(value for _, value in known)
    height = (max(value for _, value in known) - low) or 1
    step = 92 / max(len(values) - 1, 1)
    spots = [(2 + n * step, 21 - 18 * (value - low) / height) for n, value in known]
    return format_html(
        '<svg class="spark" viewBox="0 0 96 24" role="img" aria-label="{}">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        label,
        path_of(spots),
        short(spots[-1][0]),
        short(spots[-1][1]),
    )


def drawing_of(
    title: str, description: str, drawing: Iterable[SafeString], *, height: int = HEIGHT
) -> SafeString:
    inside = format_html_join("", "{}", ((piece,) for piece in drawing))
    name = f"chart-{crc32(f'{title}{inside}'.encode()):08x}"
    return format_html(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
        '<desc id="{name}-d">{description}</desc>{inside}</svg>',
        width=WIDTH,
        height=height,
        name=name,
        title=title,
        description=description,
        inside=inside,
    )


def _nothing(title: str, headings: Sequence[str]) -> Chart:
    return Chart(title, SafeString(""), headings, [])
