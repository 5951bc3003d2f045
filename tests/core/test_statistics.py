import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.statistics import (
    Comparison,
    MeanSummary,
    NpsSummary,
    Share,
    needed_each,
    nps_change,
    pooled,
    share_change,
    student_t,
    wilson,
)

close = pytest.approx


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_intervals_of_newcombe(hits, total, low, high):
    interval = wilson(hits, total)

    assert (interval.low, interval.high) == (
        close(low, abs=5e-5),
        close(high, abs=5e-5),
    )


@given(total=st.integers(1, 10_000), data=st.data())
def test_a_share_lies_within_its_interval_and_the_interval_within_bounds(total, data):
    share = Share(data.draw(st.integers(0, total)), total)

    assert 0 <= share.interval.low <= share.rate + 1e-12
    assert share.rate - 1e-12 <= share.interval.high <= 1


def test_nothing_of_nothing_says_nothing():
    assert (Share(0, 0).rate, Share(0, 0).interval) == (None, None)
    assert share_change(Share(0, 0), Share(1, 2)) is None


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((108, 900), (24, 300), -0.0012, 0.0744),
    ],
)
def test_a_change_of_shares_has_the_intervals_of_newcombe(after, before, low, high):
    change = share_change(Share(*before), Share(*after))

    assert (change.low, change.high) == (close(low, abs=5e-5), close(high, abs=5e-5))
    assert change.is_clear == (low > 0)


@pytest.mark.parametrize(
    ("counts", "score", "low", "high"),
    [
        ((50, 40, 10), 40.0, 25.9, 51.7),
        ((5, 4, 1), 40.0, -7.0, 68.5),
        ((10, 0, 0), 100, 47.5, 100),
        ((0, 5, 0), 0, -30, 30),
        ((20, 8, 2), 60.0, 32.6, 76.5),
        ((15, 12, 9), 16.7, -9.5, 40.3),
        ((250, 200, 50), 40.0, 34.0, 45.6),
    ],
)
def test_nps_has_the_adjusted_interval(counts, score, low, high):
    summary = NpsSummary(*counts)

    assert summary.score == close(score, abs=0.05)
    assert (summary.interval.low, summary.interval.high) == (
        close(low, abs=0.05),
        close(high, abs=0.05),
    )


def test_nps_groups_scores_where_reichheld_does():
    summary = NpsSummary.of_scores(dict.fromkeys(range(11), 1))

    assert (summary.promoters, summary.passives, summary.detractors) == (2, 2, 7)


def test_the_change_of_nps_between_periods():
    change = nps_change(NpsSummary(20, 8, 2), NpsSummary(250, 200, 50))

    # Half-widths 21.97 and 5.83 of the two intervals, added as squares.
    assert (change.low, change.high) == (close(-42.7, abs=0.1), close(2.7, abs=0.1))
    assert not change.is_clear
    assert nps_change(NpsSummary(0, 0, 0), NpsSummary(1, 0, 0)) is None


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(5, 2.5706), (9, 2.2622), (29, 2.0452), (99, 1.9842), (100_000, 1.9600)],
)
def test_students_t_agrees_with_the_tables(degrees, expected):
    assert student_t(degrees) == close(expected, abs=1e-3)


def test_the_mean_has_students_interval():
    answers = {10: 2, 9: 2, 8: 3, 7: 1, 6: 1, 5: 1}

    summary = MeanSummary.of_scores(answers, low=1, high=10)

    # On the scale 0-100 that is 77.78, 64.8 to 90.8.
    assert (summary.mean - 1) / 9 * 100 == close(77.78, abs=0.005)
    assert (summary.interval.low - 1) / 9 * 100 == close(64.8, abs=0.05)
    assert (summary.interval.high - 1) / 9 * 100 == close(90.8, abs=0.05)


def test_an_interval_stays_on_the_scale_and_needs_two_answers():
    assert MeanSummary.of_scores({10: 1}, low=1, high=10).interval is None
    assert MeanSummary.of_scores({10: 9, 9: 1}, low=1, high=10).interval.high == 10
    assert MeanSummary.of_scores({}, low=1, high=10).mean is None


@pytest.mark.parametrize(
    ("total", "too_few", "uncertain"),
    [(9, True, True), (10, False, True), (29, False, True), (30, False, False)],
)
def test_few_answers_are_said_to_be_few(total, too_few, uncertain):
    for summary in (
        Share(0, total),
        NpsSummary(total, 0, 0),
        MeanSummary.of_scores({10: total}, low=1, high=10),
    ):
        assert (summary.is_too_few, summary.is_uncertain) == (too_few, uncertain)


# Did it change anything?


def compared(treated, control):
    return Comparison(Share(*treated), Share(*control))


@pytest.mark.parametrize(
    ("treated", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((108, 900), (24, 300), -0.0012, 0.0744),
    ],
)
def test_the_difference_of_two_shares_has_newcombes_interval(
    treated, control, low, high
):
    interval = compared(treated, control).interval

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("before", "after", "each"),
    [
        (0.05, 0.07, 2213),
        (0.10, 0.12, 3841),
        (0.10, 0.13, 1774),
        (0.10, 0.15, 686),
        (0.20, 0.25, 1094),
        (0.20, 0.30, 294),
        (0.60, 0.70, 356),
    ],
)
def test_how_many_are_needed_to_show_a_difference(before, after, each):
    assert needed_each(before, after) == each


def test_more_are_needed_where_few_are_left_out():
    even, uneven = needed_each(0.1, 0.15), needed_each(0.1, 0.15, ratio=9)

    assert 2 * even < 10 * uneven


def test_of_what_is_nearly_shown_more_are_needed_than_there_were():
    nearly = compared((108, 900), (24, 300))

    assert nearly.difference == pytest.approx(0.04)
    assert not nearly.interval.is_clear
    assert nearly.more_needed == 1232


@pytest.mark.parametrize(
    "nothing", [((5, 10), (5, 10)), ((1, 10), (0, 0)), ((0, 0), (1, 5))]
)
def test_without_a_difference_nobody_can_say_how_many(nothing):
    assert compared(*nothing).more_needed is None


def test_one_comparison_alone_is_pooled_as_it_is():
    one = compared((108, 900), (24, 300))

    assert pooled([one, compared((0, 3), (0, 0))]) == (one.difference, one.interval)
    assert pooled([]) is None


def test_pooling_keeps_unlike_guests_apart():
    """Added up, the treated of a good summer would look better than they are."""
    summer, winter = compared((180, 900), (20, 100)), compared((5, 100), (45, 900))

    difference, interval = pooled([summer, winter])

    assert difference == pytest.approx(0.0)
    assert interval.low < 0 < interval.high


def test_pooling_the_same_twice_makes_it_surer():
    one = compared((108, 900), (24, 300))

    difference, interval = pooled([one, one])

    assert difference == pytest.approx(0.04)
    assert interval.is_clear
    assert interval.high - interval.low < one.interval.high - one.interval.low
