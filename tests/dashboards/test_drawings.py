from collections import Counter
from datetime import date

from crm.core.periods import months_between
from crm.core.statistics import Share
from crm.dashboards.drawings import messages_chart, returns_chart, visits_chart

MONTHS = months_between(date(2026, 9, 1), date(2026, 11, 1))
SEPT, OCT, NOV = MONTHS


def rows_of(chart):
    return [list(row) for row in chart.rows]


def test_visits_have_a_column_in_the_table_for_each_kind_the_commonest_first():
    chart = visits_chart({SEPT: Counter(stay=2, table=5), NOV: Counter(stay=1)}, MONTHS)

    assert list(chart.headings) == ["Month", "Tables", "Stays"]
    assert rows_of(chart) == [
        ["September 2026", "5", "2"],
        ["October 2026", "0", "0"],
        ["November 2026", "0", "1"],
    ]


def test_no_visits_make_no_drawing():
    assert visits_chart({}, MONTHS).is_empty


def test_months_with_few_new_guests_or_not_over_are_gaps_and_say_so():
    chart = returns_chart({SEPT: Share(3, 12), OCT: Share(1, 9)}, MONTHS)

    assert rows_of(chart) == [
        ["September 2026", "12", "3", "25\xa0%", "9–53\xa0%"],
        ["October 2026", "9", "1", "–", "–"],
        ["November 2026", "not over yet", "–", "–", "–"],
    ]
    assert chart.svg.count("<circle") == 1


def test_messages_are_counted_in_every_month_also_where_there_were_none():
    chart = messages_chart(Counter({OCT: 1200}), MONTHS)

    assert rows_of(chart) == [
        ["September 2026", "0"],
        ["October 2026", "1\u202f200"],
        ["November 2026", "0"],
    ]
    assert messages_chart(Counter(), MONTHS).is_empty
