from collections import Counter
from datetime import date

from crm.core.periods import months_between
from crm.core.statistics import NpsSummary
from surveys.drawings import answers_chart, groups_bar, nps_chart, scores_chart
from surveys.results import AnswerFigures

MONTHS = months_between(date(2026, 10, 1), date(2026, 11, 1))
OCT, NOV = MONTHS
FIGURES = AnswerFigures(
    responses={OCT: 30, NOV: 9},
    scores={"recommend": {OCT: Counter({9: 20, 7: 8, 3: 2}), NOV: Counter({9: 9})}},
    asked=200,
    answered=39,
)


def rows_of(chart):
    return [list(row) for row in chart.rows]


def test_the_groups_are_told_with_their_counts_and_shares():
    assert rows_of(groups_bar(NpsSummary(20, 8, 2))) == [
        ["Promoters, 9–10", "20", "67\xa0%"],
        ["Passives, 7–8", "8", "27\xa0%"],
        ["Detractors, 0–6", "2", "7\xa0%"],
    ]


def test_a_month_with_nine_answers_has_no_score():
    chart = nps_chart(FIGURES, MONTHS)

    assert rows_of(chart) == [
        ["October 2026", "60", "33–77", "30"],
        ["November 2026", "–", "–", "9"],
    ]


def test_every_number_of_the_scale_has_a_column():
    chart = scores_chart(FIGURES, "recommend")

    counts = ["0", "0", "0", "2", "0", "0", "0", "8", "0", "29", "0"]
    assert rows_of(chart) == [[str(n), count] for n, count in enumerate(counts)]


def test_no_answers_make_no_drawing():
    empty = AnswerFigures()

    assert answers_chart(empty, MONTHS).is_empty
    assert nps_chart(empty, MONTHS).is_empty
    assert scores_chart(empty, "satisfaction").is_empty
    assert groups_bar(empty.nps).is_empty


def test_answers_by_month_name_the_whole_month():
    assert rows_of(answers_chart(FIGURES, MONTHS)) == [
        ["October 2026", "30"],
        ["November 2026", "9"],
    ]
