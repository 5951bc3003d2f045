import re
from xml.etree import ElementTree

import pytest

from crm.core import charts
from crm.core.charts.axes import Scale, round_step

WORDS = {"title": "Return", "description": "Rises.", "headings": ["Week", "Share"]}


def say(value):
    return f"{value:g}"


def point(label, value, **more):
    return charts.Point(label, value, "–" if value is None else say(value), **more)


def drawn(chart):
    return ElementTree.fromstring(str(chart.svg))


def classes(chart, name):
    return [e for e in drawn(chart).iter() if name in (e.get("class") or "").split()]


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0.44, [0, 0.2, 0.4, 0.6]),
        (1.0, [0, 0.5, 1.0]),
        (98, [0, 50, 100]),
        (720, [0, 200, 400, 600, 800]),
        (3, [0, 1, 2, 3]),
        (10, [0, 5, 10]),
    ],
)
def test_the_axis_has_round_steps_that_hold_the_highest(highest, ticks):
    assert Scale.for_heights([(0, highest)], top=None).ticks == ticks


@pytest.mark.parametrize("span", [0.001, 0.37, 1, 7, 49, 101, 12_345, 9e6])
def test_a_step_cuts_any_span_into_two_to_four(span):
    assert 1.5 < span / round_step(span) <= 4


def test_the_axis_goes_below_zero_for_scores_that_do():
    assert Scale.for_heights([(-30, 45)], top=None).ticks == [-40, -20, 0, 20, 40, 60]


def test_higher_values_stand_higher():
    scale = Scale.for_heights([(0, 100)], top=None)

    assert scale.y(100) < scale.y(50) < scale.y(0)


def test_a_curve_breaks_where_a_figure_is_missing():
    points = [point("1", 1), point("2", 2), point("3", None), point("4", 4)]

    chart = charts.line_chart(points, say=say, **WORDS)

    assert [e.get("d").count("L") for e in classes(chart, "curve")] == [1, 0]
    assert len(classes(chart, "hit")) == 3
    assert chart.rows == [["1", "1"], ["2", "2"], ["3", "–"], ["4", "4"]]


def test_the_band_goes_out_along_the_high_ends_and_home_along_the_low():
    points = [
        point("1", 5, low=4, high=6, interval="4–6"),
        point("2", 7, low=6, high=8, interval="6–8"),
    ]

    chart = charts.line_chart(points, say=say, **WORDS)

    ys = [
        float(spot.split()[1])
        for spot in re.split("[ML]", classes(chart, "band")[0].get("d").rstrip("Z"))[1:]
    ]
    assert ys[1] < ys[0] == ys[2] < ys[3]
    assert chart.rows == [["1", "5", "4–6"], ["2", "7", "6–8"]]


def test_the_curve_ends_in_its_last_figure():
    points = [point("1", 1), point("2", 2), point("3", None)]

    chart = charts.line_chart(points, say=say, **WORDS)

    assert [e.text for e in classes(chart, "strong")] == ["2"]


def test_column_heights_are_in_proportion():
    chart = charts.column_chart([point("a", 25), point("b", 100)], say=say, **WORDS)

    low, high = (float(bar.get("height")) for bar in classes(chart, "bar"))
    assert high == pytest.approx(4 * low, abs=0.2)


def test_the_upper_series_stands_on_the_lower_one():
    chart = charts.column_chart(
        [point("a", 30)], upper=[point("a", 20)], say=say, **WORDS
    )

    whole, lower = (float(bar.get("height")) for bar in classes(chart, "bar"))
    assert whole == pytest.approx(lower * 50 / 30, abs=0.2)
    assert chart.rows == [["a", "30", "20"]]


def test_many_labels_are_thinned_to_seven():
    points = [point(f"w{n}", n) for n in range(52)]

    chart = charts.line_chart(points, say=say, **WORDS)

    below = [e.text for e in drawn(chart).iter() if (e.text or "").startswith("w")]
    shown = [text for text in below if ":" not in text]
    assert shown == ["w0", "w8", "w16", "w24", "w32", "w40", "w48"]


def test_the_parts_of_a_bar_share_its_width():
    parts = [point("yes", 3), point("no", 1, ink="soft")]

    chart = charts.share_bar(parts, **WORDS)

    assert [bar.get("width") for bar in classes(chart, "bar")] == ["327", "107"]


def test_the_longest_row_fills_the_width():
    chart = charts.row_chart([point("a", 8), point("b", 2)], **WORDS)

    assert [bar.get("width") for bar in classes(chart, "bar")] == ["440", "110"]


@pytest.mark.parametrize("points", [[], [point("a", None)]])
@pytest.mark.parametrize("draw", [charts.line_chart, charts.column_chart])
def test_without_figures_there_is_no_drawing(draw, points):
    assert draw(points, say=say, **WORDS).is_empty


def test_zeroes_are_figures_too():
    assert not charts.column_chart([point("a", 0)], say=say, **WORDS).is_empty


def test_a_chart_has_a_name_and_a_description_for_those_who_do_not_see_it():
    svg = drawn(charts.line_chart([point("1", 1)], say=say, **WORDS))

    named = {e.get("id"): e.text for e in svg if e.tag in {"title", "desc"}}
    assert [named[name] for name in svg.get("aria-labelledby").split()] == [
        "Return",
        "Rises.",
    ]


def test_two_charts_of_a_page_do_not_share_names():
    one = drawn(charts.line_chart([point("1", 1)], say=say, **WORDS))
    other = drawn(charts.line_chart([point("1", 2)], say=say, **WORDS))

    assert one.get("aria-labelledby") != other.get("aria-labelledby")


def test_words_of_people_cannot_break_out_of_the_drawing():
    evil = '<script>alert("x")</script>'

    chart = charts.row_chart([point(evil, 1)], **{**WORDS, "title": evil})

    assert "<script" not in str(chart.svg)
    assert [e.tag for e in drawn(chart).iter() if e.tag == "script"] == []


def test_a_drawing_needs_no_style_attribute():
    points = [point("1", 1, low=0, high=2, interval="0–2"), point("2", 3)]

    drawings = [
        charts.line_chart(points, say=say, **WORDS).svg,
        charts.column_chart(points, say=say, **WORDS).svg,
        charts.row_chart(points, **WORDS).svg,
        charts.share_bar(points, **WORDS).svg,
        charts.sparkline([1, 2], "Two weeks"),
    ]

    assert [svg for svg in drawings if "style" in svg] == []


def test_a_sparkline_skips_what_is_missing():
    svg = ElementTree.fromstring(str(charts.sparkline([1, None, 3], "Three weeks")))

    assert svg.find("path").get("d") == "M2 21L94 3"
    assert svg.get("aria-label") == "Three weeks"


def test_a_sparkline_of_nothing_is_nothing():
    assert charts.sparkline([None], "Empty") == ""


def test_the_largest_share_of_a_grid_is_the_deepest():
    grid = charts.cohort_grid(
        [("Winter", 10, [0.4, 0.2, 0.0]), ("Spring", 5, [0.1, None, None])],
        title="Seasons",
        headings=["First visit", "Guests", "+1", "+2", "+3"],
        say=say,
    )

    assert [[cell.css_class for cell in row.cells] for row in grid.rows] == [
        ["heat-7", "heat-4", "heat-0"],
        ["heat-2", "none", "none"],
    ]
    assert [cell.text for cell in grid.rows[1].cells] == ["0.1", "", ""]
