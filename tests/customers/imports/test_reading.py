import csv
import io
import tracemalloc
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.imports.reading import UnreadableFile, open_table
from tests.customers.imports.sheets import ods, ods_of, xlsx, xlsx_of, zipped


def table_of(content):
    return open_table(io.BytesIO(content))


def rows_of(content):
    return [line.cells for line in table_of(content).lines()]


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    max_size=20,
)
CLEAR_ROW = st.lists(CELL, min_size=3, max_size=3).map(lambda row: ["Nora", *row])


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(CLEAR_ROW, min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_comes_back_from_any_dialect(rows, delimiter, encoding, ending):
    header = ["Name", "Town", "Note", "Tag"]
    written = io.StringIO(newline="")
    writer = csv.writer(
        written, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL
    )
    writer.writerows([header, *rows])

    table = table_of(written.getvalue().encode(encoding))

    assert (table.header, [line.cells for line in table.lines()]) == (header, rows)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_table_or_a_sentence(content):
    try:
        rows = rows_of(content)
    except UnreadableFile as refused:
        rows = str(refused)

    assert rows


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_letters_survive_every_encoding(encoding):
    content = "Navn;Sted\r\nÆrlend Åsbø;Tromsø\r\n".encode(encoding)

    assert rows_of(content) == [["Ærlend Åsbø", "Tromsø"]]


def test_a_file_glued_together_of_two_encodings_keeps_all_letters():
    content = "Navn;Sted\nKåre;Ås\n".encode() + "Øse;Åre\n".encode("cp1252")

    assert rows_of(content) == [["Kåre", "Ås"], ["Øse", "Åre"]]


def test_titles_and_empty_lines_above_the_header_are_passed_over():
    content = (
        b"Guests of Solvik;;\nPrinted 1.2.2024;;\n\nName;Town;Room\nNora;Bergen;12\n"
    )

    table = table_of(content)

    assert table.header == ["Name", "Town", "Room"]
    assert list(table.lines()) == [(5, ["Nora", "Bergen", "12"])]


def test_columns_without_a_header_are_numbered():
    table = table_of(b"nora@post.no;Nora;12\nola@post.no;Ola;13\n")

    assert table.header == ["Column 1", "Column 2", "Column 3"]
    assert [line.number for line in table.lines()] == [1, 2]


def test_years_may_name_columns():
    assert table_of(b"Name;2023;2024\nNora;1;2\n").header == ["Name", "2023", "2024"]


def test_names_that_are_there_twice_or_missing_are_told_apart():
    assert table_of(b"Name,Name,\nA,B,c\n").header == ["Name", "Name (2)"]


def test_a_header_that_comes_again_is_no_row():
    assert rows_of(b"Name;Town\nA;B\nName;Town\nC;D\n") == [["A", "B"], ["C", "D"]]


def test_rows_may_be_short_or_long_and_keep_what_they_have():
    content = b"Name;Town;Room\nA\nB;C;1;;\nD;E;2;more\n"

    assert rows_of(content) == [["A", "", ""], ["B", "C", "1"], ["D", "E", "2", "more"]]


def test_a_row_with_another_delimiter_is_read_by_its_own():
    assert rows_of(b"Name;Town\nA;B\nC,D\nE\tF\n") == [
        ["A", "B"],
        ["C", "D"],
        ["E", "F"],
    ]


def test_what_excel_says_of_the_delimiter_is_believed():
    table = table_of(b"sep=;\r\nName;Sum\r\nA;1,5\r\n")

    assert (table.header, [line.cells for line in table.lines()]) == (
        ["Name", "Sum"], [["A", "1,5"]],
    )  # fmt: skip


def test_lines_inside_quotes_count_where_the_next_row_stands():
    content = b'Name,Note\nA,"one\ntwo"\nB,x\n'

    assert [line.number for line in table_of(content).lines()] == [2, 4]


def test_a_formula_is_text():
    assert rows_of(b"Name,Note\nA,=1+1\n") == [["A", "=1+1"]]


BAD = {
    "nothing": (b"", "The file is empty"),
    "zeros": (b"\0" * 5000, "The file is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "not a table"),
    "noise": (bytes(range(256)) * 20, "not a table"),
    "one endless line": (b"a" * 3_000_000, "not a table"),
    "an open quote": (b'a,b\n1,"x\n2,y\n', "On line 2 a quotation mark"),
    "an open quote far above": (
        b'a,b\n1,"x\n' + b"2,y\n" * 90_000,
        "On line 2 a quotation",
    ),
    "an open quote at the end": (b'a,b\n1,2\n3,"4', "On line 3 a quotation mark"),
    "500 columns": (b",".join([b"c"] * 500) + b"\n", "has 500 columns"),
    "no rows": (b"Name,Town\n\n", "no rows below"),
    "another archive": (zipped({"a.txt": "x"}), "not a table"),
    "half a spreadsheet": (xlsx([["Name"], ["Nora"]])[:700], "cannot be opened"),
    "an empty spreadsheet": (xlsx([]), "spreadsheet is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_is_refused_in_a_sentence(name):
    content, sentence = BAD[name]

    with pytest.raises(UnreadableFile, match=sentence):
        list(table_of(content).lines())


def test_excel_and_open_document_give_days_and_numbers_as_text():
    rows = [
        ["Name", "Arrival", "Sum", "Room"],
        ["Nora", date(2024, 12, 24), 12.345, 101],
    ]

    assert rows_of(xlsx(rows)) == [["Nora", "2024-12-24", "12.3450", "101"]]
    assert rows_of(ods([["Name", "Town"], ["Nora", "Bergen"]])) == [["Nora", "Bergen"]]


def test_empty_rows_down_to_the_end_of_a_sheet_are_nothing():
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell></table:table-row>'
    end = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'

    assert rows_of(ods_of(row % "Name" + row % "Nora" + end)) == [["Nora"]]


MANY_TIMES = 'table:number-%s-repeated="%d"'
BOMBS = {
    "emptiness beside it": xlsx_of("", {"xl/media/a.bin": b"\0" * 100_000_000}.items()),
    "a cell far away": xlsx_of(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD9"><v>1</v></c></row>'
    ),
    "a row far down": xlsx_of('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "rows and columns": xlsx_of(
        '<row r="1"><c r="KN1"><v>1</v></c></row><row r="199999"><c r="A199999"><v>1</v></c></row>'
    ),
    "a cell many times": ods_of(
        f"<table:table-row {MANY_TIMES % ('rows', 1_000_000)}>"
        f'<table:table-cell office:value-type="float" office:value="1" {MANY_TIMES % ("columns", 16_000)}/>'
        "</table:table-row>"
    ),
    "a cell after many": ods_of(
        f"<table:table-row><table:table-cell {MANY_TIMES % ('columns', 16_000)}/>"
        "<table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_spreadsheet_that_unpacks_to_too_much_is_never_opened(name):
    assert len(BOMBS[name]) < 200_000

    with pytest.raises(UnreadableFile, match="Save it as CSV"):
        table_of(BOMBS[name])


def test_more_rows_than_a_spreadsheet_may_have_ask_for_csv():
    row = "<row><c><v>1</v></c></row>"
    content = xlsx_of('<row r="200001"><c r="A200001"><v>1</v></c></row>' + row)

    with pytest.raises(UnreadableFile, match=r"up to 200.000 rows"):
        table_of(content)


class Endless(io.RawIOBase):
    """A file of many lines that are made up as they are read."""

    def __init__(self, size):
        self.size, self.at = size, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, to, whence=0):
        self.at = to
        return to

    def readinto(self, into):
        line = b"Nora Berg;nora@post.no;Bergen\n"
        count = min(len(into), self.size - self.at)
        begin = self.at % len(line)
        filled = (line * (count // len(line) + 2))[begin : begin + count]
        into[:count] = filled
        self.at += count
        return count


def test_a_long_file_takes_no_more_memory_than_a_short_one():
    table = open_table(io.BufferedReader(Endless(6_000_000)))

    tracemalloc.start()
    count = sum(1 for _line in table.lines())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 200_000
    assert most < 3_000_000
