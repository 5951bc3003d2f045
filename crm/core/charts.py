"""Drawings of figures: plain data in, a Chart out. SVG without style attributes.

Every chart carries its own table. Colours and text sizes are in charts.css: the text is
sized there by the width of the drawing on the page, so leave room for large labels here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from zlib import crc32

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH = 440
HEIGHT = 232
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 18, 34
_FLOOR = HEIGHT - _BOTTOM
_MOST_LABELS = 7
_HEAT_LEVELS = 7

Say = Callable[[float], str]


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
    if not _has_figures(points):
        return _empty(title, headings)
    scale = Scale.for_points(points, top)
    xs = _spread(len(points))
    drawing = [
        _grid(scale, say),
        _bands(points, xs, scale),
        _curves(points, xs, scale),
        _hits(points, xs, scale),
        _last_word(points, xs, scale),
        _labels_below([point.label for point in points], xs),
    ]
    return Chart(title, _svg(title, description, drawing), headings, _rows(points))


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
    if not (_has_figures(points) or _has_figures(upper)):
        return _empty(title, headings)
    stacks = _stacked(points, upper)
    scale = Scale.for_heights([_reach(point) for point in [*points, *stacks]], top)
    slots = _slots(len(points))
    drawing = [_grid(scale, say)]
    drawing += [_column(point, slot, scale, "soft") for point, slot in zip(stacks, slots)]
    drawing += [_column(point, slot, scale, "") for point, slot in zip(points, slots)]
    centres = [left + width / 2 for left, width in slots]
    drawing.append(_labels_below([point.label for point in points], centres))
    return Chart(
        title, _svg(title, description, drawing), headings, _rows(points, upper)
    )


def row_chart(
    points: Sequence[Point], *, title: str, description: str, headings: Sequence[str]
) -> Chart:
    """Draw bars that lie, each under its words: for names too long to stand below."""
    if not _has_figures(points):
        return _empty(title, headings)
    most = max(point.value or 0 for point in points) or 1
    rows = [
        _lying_bar(point, number, WIDTH * (point.value or 0) / most)
        for number, point in enumerate(points)
    ]
    height = len(points) * _ROW_HEIGHT
    svg = _svg(title, description, rows, height=height)
    return Chart(title, svg, headings, _rows(points))


def share_bar(
    parts: Sequence[Point], *, title: str, description: str, headings: Sequence[str]
) -> Chart:
    """Draw one bar cut in parts, two or three, each named under its end of the bar."""
    total = sum(part.value or 0 for part in parts)
    if not total:
        return _empty(title, headings)
    widths = [WIDTH * (part.value or 0) / total for part in parts]
    lefts = [sum(widths[:number]) for number in range(len(parts))]
    drawing = [
        _part(part, left, width) for part, left, width in zip(parts, lefts, widths)
    ]
    drawing += [
        _part_words(part, number, len(parts), left + width / 2)
        for number, (part, left, width) in enumerate(zip(parts, lefts, widths))
    ]
    return Chart(title, _svg(title, description, drawing, height=92), headings, _rows(parts))


def sparkline(values: Sequence[float | None], label: str) -> SafeString:
    """Draw a curve the size of a word, its last value marked."""
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    if not known:
        return mark_safe("")
    low = min(value for _, value in known)
    spread = (max(value for _, value in known) - low) or 1
    step = 92 / max(len(values) - 1, 1)
    spots = [(2 + n * step, 21 - 18 * (value - low) / spread) for n, value in known]
    return format_html(
        '<svg class="spark" viewBox="0 0 96 24" role="img" aria-label="{}">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        label,
        _path(spots),
        _short(spots[-1][0]),
        _short(spots[-1][1]),
    )


# Shares in a grid


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


# Scales


@dataclass(frozen=True, slots=True)
class Scale:
    """The upright axis: from ``low`` to ``top`` with a line at every ``step``."""

    low: float
    top: float
    step: float

    @classmethod
    def for_points(cls, points: Sequence[Point], top: float | None) -> "Scale":
        return cls.for_heights([_reach(point) for point in points], top)

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
        return _FLOOR - share * (_FLOOR - _TOP)


def round_step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten that cuts ``span`` into three to six."""
    rough = span / 4
    magnitude = 10.0 ** floor(log10(rough))
    return next(
        (n * magnitude for n in (1, 2, 5) if n * magnitude >= rough * 0.999),
        10 * magnitude,
    )


def _reach(point: Point) -> tuple[float, float]:
    known = [v for v in (point.value, point.low, point.high) if v is not None]
    return (min(known), max(known)) if known else (0.0, 0.0)


def _spread(count: int) -> list[float]:
    room = WIDTH - _LEFT - _RIGHT
    if count == 1:
        return [_LEFT + room / 2]
    return [_LEFT + room * number / (count - 1) for number in range(count)]


def _slots(count: int) -> list[tuple[float, float]]:
    """Return left edge and width of each column, with air between them."""
    slot = (WIDTH - _LEFT - _RIGHT) / count
    width = min(slot * 0.72, 48)
    return [(_LEFT + slot * n + (slot - width) / 2, width) for n in range(count)]


def _stacked(points: Sequence[Point], upper: Sequence[Point]) -> list[Point]:
    return [
        Point(above.label, (above.value or 0) + (below.value or 0), above.text)
        for below, above in zip(points, upper, strict=bool(upper))
    ] if upper else []


# Pieces of the drawing


def _grid(scale: Scale, say: Say) -> SafeString:
    return format_html_join(
        "",
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                "base" if tick == 0 else "grid",
                _LEFT,
                WIDTH,
                (y := _short(scale.y(tick))),
                y,
                _LEFT - 7,
                _short(scale.y(tick) + 4.5),
                say(tick),
            )
            for tick in scale.ticks
        ),
    )


def _runs(points: Sequence[Point], *, banded: bool) -> list[list[int]]:
    """Return the unbroken stretches of known points, as their numbers."""
    runs: list[list[int]] = [[]]
    for number, point in enumerate(points):
        ends = (point.low, point.high) if banded else (point.value,)
        if None in ends:
            runs.append([])
        else:
            runs[-1].append(number)
    return [run for run in runs if run]


def _bands(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    bands = []
    for run in _runs(points, banded=True):
        high = [(xs[n], scale.y(points[n].high or 0)) for n in run]
        low = [(xs[n], scale.y(points[n].low or 0)) for n in reversed(run)]
        bands.append((_path([*high, *low]),))
    return format_html_join("", '<path class="band" d="{}Z"/>', bands)


def _curves(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    curves = [
        (_path([(xs[n], scale.y(points[n].value or 0)) for n in run]),)
        for run in _runs(points, banded=False)
    ]
    return format_html_join("", '<path class="curve" d="{}"/>', curves)


def _hits(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    """Return what the pointer meets: a strip for each point, with its words."""
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 40
    dot = "dot" if len(points) <= 16 else "reach"
    return format_html_join(
        "",
        '<g class="hit"><rect class="reach" x="{}" y="{}" width="{}" height="{}"/>'
        '<circle class="{}" data-mark="" cx="{}" cy="{}" r="4"/><title>{}</title></g>',
        (
            (
                _short(x - half),
                _TOP,
                _short(2 * half),
                _FLOOR - _TOP,
                dot,
                _short(x),
                _short(scale.y(point.value)),
                point.words,
            )
            for point, x in zip(points, xs, strict=True)
            if point.value is not None
        ),
    )


def _last_word(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    """Return the last figure, written where the curve ends."""
    number = max(n for n, point in enumerate(points) if point.value is not None)
    reach = points[number].high
    highest = reach if reach is not None else points[number].value or 0
    anchor = "end" if xs[number] > WIDTH - 60 else "middle"
    return format_html(
        '<text class="strong" x="{}" y="{}" text-anchor="{}">{}</text>',
        _short(min(xs[number] + 6, WIDTH) if anchor == "end" else xs[number]),
        _short(max(scale.y(highest) - 10, 12)),
        anchor,
        points[number].text,
    )


def _labels_below(labels: Sequence[str], xs: Sequence[float]) -> SafeString:
    """Return at most seven of the labels; every other one leaves on a phone."""
    every = ceil(len(labels) / _MOST_LABELS)
    shown = list(range(0, len(labels), every))
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (
                "extra" if order % 2 and len(shown) > 4 else "label",
                _short(min(xs[number], WIDTH)),
                HEIGHT - 9,
                "end" if xs[number] > WIDTH - 14 else "middle",
                labels[number],
            )
            for order, number in enumerate(shown)
        ),
    )


def _column(
    point: Point, slot: tuple[float, float], scale: Scale, ink: str
) -> SafeString:
    if point.value is None:
        return mark_safe("")
    left, width = slot
    top, bottom = sorted((scale.y(point.value), scale.y(0)))
    return format_html(
        '<g class="hit"><rect class="bar {}" data-mark="" x="{}" y="{}" width="{}" '
        'height="{}" rx="3"/>{}<title>{}</title></g>',
        point.ink or ink,
        _short(left),
        _short(top),
        _short(width),
        _short(max(bottom - top, 0.5)),
        _whisker(point, left + width / 2, scale),
        point.words,
    )


def _whisker(point: Point, x: float, scale: Scale) -> SafeString:
    if point.low is None or point.high is None:
        return mark_safe("")
    return format_html(
        '<path class="whisker" d="M{x} {low}V{high}M{left} {low}h7M{left} {high}h7"/>',
        x=_short(x),
        left=_short(x - 3.5),
        low=_short(scale.y(point.low)),
        high=_short(scale.y(point.high)),
    )


_ROW_HEIGHT = 46


def _lying_bar(point: Point, number: int, width: float) -> SafeString:
    top = number * _ROW_HEIGHT
    return format_html(
        '<g class="hit"><text class="on-soft" x="0" y="{}">{}</text>'
        '<text class="strong" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="track" x="0" y="{}" width="{}" height="9" rx="4.5"/>'
        '<rect class="bar {}" data-mark="" x="0" y="{}" width="{}" height="9" rx="4.5"/>'
        "<title>{}</title></g>",
        top + 18,
        point.label,
        WIDTH,
        top + 18,
        point.text,
        top + 27,
        WIDTH,
        point.ink,
        top + 27,
        _short(max(width, 2)),
        point.words,
    )


def _part(part: Point, left: float, width: float) -> SafeString:
    return format_html(
        '<g class="hit"><rect class="bar {}" data-mark="" x="{}" y="4" width="{}" '
        'height="30" rx="4"/><title>{}</title></g>',
        part.ink,
        _short(left),
        _short(max(width - 3, 1)),
        part.words,
    )


def _part_words(part: Point, number: int, count: int, middle: float) -> SafeString:
    """Write the first part at the left, the last at the right, one between in between."""
    x, anchor = WIDTH / 2 if count > 2 else middle, "middle"
    if number == 0:
        x, anchor = 0, "start"
    elif number == count - 1:
        x, anchor = WIDTH, "end"
    return format_html(
        '<text class="strong" x="{x}" y="58" text-anchor="{anchor}">{text}</text>'
        '<text x="{x}" y="80" text-anchor="{anchor}">{label}</text>',
        x=_short(x),
        anchor=anchor,
        text=part.text,
        label=part.label,
    )


# Putting it together


def _svg(
    title: str, description: str, drawing: Iterable[SafeString], *, height: int = HEIGHT
) -> SafeString:
    inside = mark_safe("".join(drawing))
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


def _empty(title: str, headings: Sequence[str]) -> Chart:
    return Chart(title, mark_safe(""), headings, [])


def _rows(points: Sequence[Point], upper: Sequence[Point] = ()) -> list[list[str]]:
    has_interval = any(point.interval for point in points)
    return [
        [point.label, point.text]
        + ([point.interval or "–"] if has_interval else [])
        + ([upper[number].text] if upper else [])
        for number, point in enumerate(points)
    ]


def _has_figures(points: Sequence[Point]) -> bool:
    return any(point.value is not None for point in points)


def _path(spots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in spots)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
