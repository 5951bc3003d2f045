import pytest

from crm.core.statistics import Comparison, Share
from outreach.effect.verdicts import Shown, verdict_on


def compared(treated, control):
    return Comparison(Share(*treated), Share(*control))


@pytest.mark.parametrize(
    ("strata", "shown", "words"),
    [
        ([], Shown.TOO_FEW, "Too few guests yet to say anything."),
        (
            [compared((4, 900), (0, 9))],
            Shown.TOO_FEW,
            "Too few guests yet to say anything.",
        ),
        (
            [compared((108, 900), (24, 300))],
            Shown.NOT_YET,
            "Not shown yet: +4.0 points, between −0.1 and +7.4; "
            "about 1\u202f200 more guests needed.",
        ),
        (
            [compared((20, 100), (20, 100))],
            Shown.NOT_YET,
            "Not shown yet: 0.0 points, between −11.1 and +11.1.",
        ),
        (
            [compared((56, 70), (48, 80))],
            Shown.MORE,
            "More came: +20.0 points, between +5.2 and +33.4.",
        ),
        (
            [compared((48, 80), (56, 70))],
            Shown.FEWER,
            "Fewer came: −20.0 points, between −33.4 and −5.2.",
        ),
    ],
)
def test_a_comparison_is_put_into_words(strata, shown, words):
    verdict = verdict_on(strata)

    assert (verdict.shown, verdict.words) == (shown, words)


def test_several_years_show_together_what_none_shows_alone():
    year = compared((108, 900), (24, 300))

    assert verdict_on([year]).shown == Shown.NOT_YET
    assert verdict_on([year, year]).shown == Shown.MORE
