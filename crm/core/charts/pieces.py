"""The pieces that drawings are put together from, as SVG text."""

from collections.abc import Callable, Sequence
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from crm.core.charts.axes import FLOOR, HEIGHT, LEFT, TOP, WIDTH, Scale
from crm.core.charts.figures import Point

ROW_HEIGHT = 46
_MOST_LABELS = 7

Say = Callable[[float], str]


def axis_lines(scale: Scale, say: Say) -> SafeString:
    return format_html_join(
        "",
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                "base" if tick == 0 else "grid",
                LEFT,
                WIDTH,
                (y := short(scale.y(tick))),
                y,
                LEFT - 7,
                short(scale.y(tick) + 4.5),
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


def bands(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    bands = []
    for run in _runs(points, banded=True):
        high = [(xs[n], scale.y(points[n].high or 0)) for n in run]
        low = [(xs[n], scale.y(points[n].low or 0)) for n in reversed(run)]
        bands.append((path_of([*high, *low]),))
    return format_html_join("", '<path class="band" d="{}Z"/>', bands)


def curves(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    curves = [
        (path_of([(xs[n], scale.y(points[n].value or 0)) for n in run]),)
        for run in _runs(points, banded=False)
    ]
    return format_html_join("", '<path class="curve" d="{}"/>', curves)


def hits(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    """Return what the pointer meets: a strip for each point, with its words."""
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 40
    dot = "dot" if len(points) <= 16 else "reach"
    return format_html_join(
        "",
        '<g class="hit"><rect class="reach" x="{}" y="{}" width="{}" height="{}"/>'
        '<circle class="{}" data-mark="" cx="{}" cy="{}" r="4"/><title>{}</title></g>',
        (
            (
                short(x - half),
                TOP,
                short(2 * half),
                FLOOR - TOP,
                dot,
                short(x),
                short(scale.y(point.value)),
                point.words,
            )
            for point, x in zip(points, xs, strict=True)
            if point.value is not None
        ),
    )


def last_word(points: Sequence[Point], xs: Sequence[float], scale: Scale) -> SafeString:
    """Return the last figure, written where the curve ends."""
    number = max(n for n, point in enumerate(points) if point.value is not None)
    reach = points[number].high
    highest = reach if reach is not None else points[number].value or 0
    anchor = "end" if xs[number] > WIDTH - 60 else "middle"
    return format_html(
        '<text class="strong" x="{}" y="{}" text-anchor="{}">{}</text>',
        short(min(xs[number] + 6, WIDTH) if anchor == "end" else xs[number]),
        short(max(scale.y(highest) - 10, 12)),
        anchor,
        points[number].text,
    )


def labels_below(labels: Sequence[str], xs: Sequence[float]) -> SafeString:
    """Return at most seven of the labels; every other one leaves on a phone."""
    every = ceil(len(labels) / _MOST_LABELS)
    shown = list(range(0, len(labels), every))
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (
                "extra" if order % 2 and len(shown) > 4 else "label",
                short(min(xs[number], WIDTH)),
                HEIGHT - 9,
                "end" if xs[number] > WIDTH - 14 else "middle",
                labels[number],
            )
            for order, number in enumerate(shown)
        ),
    )


def columns(
    points: Sequence[Point],
    places: Sequence[tuple[float, float]],
    scale: Scale,
    ink: str,
) -> list[SafeString]:
    """Return a column at each place; none where there is no series."""
    pairs = zip(points, places, strict=True) if points else []
    return [_column(point, place, scale, ink) for point, place in pairs]


def _column(
    point: Point, slot: tuple[float, float], scale: Scale, ink: str
) -> SafeString:
    if point.value is None:
        return SafeString("")
    left, width = slot
    top, bottom = sorted((scale.y(point.value), scale.y(0)))
    return format_html(
        '<g class="hit"><rect class="bar {}" data-mark="" x="{}" y="{}" width="{}" '
        'height="{}" rx="3"/>{}<title>{}</title></g>',
        point.ink or ink,
        short(left),
        short(top),
        short(width),
        short(max(bottom - top, 0.5)),
        _whisker(point, left + width / 2, scale),
        point.words,
    )


def _whisker(point: Point, x: float, scale: Scale) -> SafeString:
    if point.low is None or point.high is None:
        return SafeString("")
    return format_html(
        '<path class="whisker" d="M{x} {low}V{high}M{left} {low}h7M{left} {high}h7"/>',
        x=short(x),
        left=short(x - 3.5),
        low=short(scale.y(point.low)),
        high=short(scale.y(point.high)),
    )


def lying_bar(point: Point, number: int, width: float) -> SafeString:
    top = number * ROW_HEIGHT
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
        short(max(width, 2)),
        point.words,
    )


def part_of_bar(part: Point, left: float, width: float) -> SafeString:
    return format_html(
        '<g class="hit"><rect class="bar {}" data-mark="" x="{}" y="4" width="{}" '
        'height="30" rx="4"/><title>{}</title></g>',
        part.ink,
        short(left),
        short(max(width - 3, 1)),
        part.words,
    )


def part_words(part: Point, number: int, count: int) -> SafeString:
    """Write the first part at the left, the last at the right, one between in between."""
    x, anchor = WIDTH / 2, "middle"
    if number == 0:
        x, anchor = 0, "start"
    elif number == count - 1:
        x, anchor = WIDTH, "end"
    return format_html(
        '<text class="strong" x="{x}" y="58" text-anchor="{anchor}">{text}</text>'
        '<text x="{x}" y="80" text-anchor="{anchor}">{label}</text>',
        x=short(x),
        anchor=anchor,
        text=part.text,
        label=part.label,
    )


def path_of(spots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in spots)


def short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
