import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from django.utils import timezone

from crm.core.csv_files import Amount, CsvStyle, csv_lines

ENGLISH = CsvStyle.of(Locale("en", "GB"))
NORWEGIAN = CsvStyle.of(Locale("nb"))


@pytest.mark.parametrize(
    ("language", "style"),
    [
        ("en_GB", CsvStyle(",", ".")),
        ("nb", CsvStyle(";", ",")),
        ("sv", CsvStyle(";", ",")),
        ("de", CsvStyle(";", ",")),
    ],
)
def test_columns_are_parted_as_the_spreadsheets_of_a_language_expect(language, style):
    assert CsvStyle.of(Locale.parse(language)) == style


@pytest.mark.parametrize(
    ("cell", "english", "norwegian"),
    [
        (None, "", ""),
        (0, "0", "0"),
        (-3, "-3", "-3"),
        (Decimal("1234.50"), "1234.50", "1234,50"),
        (Amount(123_450, "NOK"), "1234.50", "1234,50"),
        (Amount(5, "EUR"), "0.05", "0,05"),
        (Amount(500, "JPY"), "500", "500"),
        (date(2026, 2, 28), "2026-02-28", "2026-02-28"),
        ("Nora Østby", "Nora Østby", "Nora Østby"),
    ],
)
def test_each_value_is_written_for_machines_and_people(cell, english, norwegian):
    def only(style):
        (row,) = csv.reader([csv_lines([[cell]], style)], delimiter=style.delimiter)
        return "".join(row)

    assert (only(ENGLISH), only(NORWEGIAN)) == (english, norwegian)


def test_an_instant_is_written_by_the_clock_on_the_wall():
    instant = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    with timezone.override(ZoneInfo("Europe/Oslo")):
        assert csv_lines([[instant]], ENGLISH) == "2026-07-02 00:30:00\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "\xa0=1+1",
        "\uff1d1+1",
        "=HYPERLINK(A1)",
        "+1+1",
        "+47 40 61 23 45|calc",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1+1",
    ],
)
def test_what_a_spreadsheet_would_run_is_kept_from_running(text):
    written = csv_lines([[text]], ENGLISH)

    assert written.strip('"\r\n') == f"'{text}"


@pytest.mark.parametrize("text", ["+47 40 61 23 45", "+4740612345", "+1 202-555-0147"])
def test_a_phone_number_keeps_its_plus(text):
    assert csv_lines([[text]], ENGLISH) == f"{text}\r\n"


def test_marks_quotes_and_line_ends_come_back_as_they_were():
    row = ["a;b", 'say "hei"', "two\nlines", "æøå 中村 👩‍🍳", "a,b"]

    text = csv_lines([row], NORWEGIAN)

    assert list(csv.reader(text.splitlines(keepends=True), delimiter=";")) == [row]
