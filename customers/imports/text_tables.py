"""CSV, whatever its delimiter, quoting and encoding, as a stream of any length."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from customers.imports.tables import (
    SAMPLE_ROWS,
    Line,
    UnreadableFile,
    beginning_of,
    fitted,
    header_of,
    is_empty,
    no_rows,
    no_table,
    trimmed,
)

# How much of the file is looked at to find out how it is written.
SAMPLE_BYTES = 256 * 1024
# A row that goes on for longer than this is a quotation mark that was never closed.
MOST_LINES_IN_A_ROW = 200
_LONGEST_LINE = 1_000_000
# Of equals the first: a semicolon is never part of a number.
DELIMITERS = ("\t", ";", "|", ",")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Excel's own way to say which delimiter follows.
_SAYS_DELIMITER = re.compile(r'\ufeff?"?sep=([;,|\t])"?\r?\n', re.IGNORECASE)


def _as_windows_wrote(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as Windows-1252: files are glued together of both."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("as_windows_wrote", _as_windows_wrote)


class TextTable:
    """A table of text in ``file``, which stays open and belongs to the caller."""

    def __init__(self, file: IO[bytes]) -> None:
        """Find out how the file is written. Raise UnreadableFile when it is no table."""
        self._file = file
        sample = beginning_of(file, SAMPLE_BYTES)
        is_whole = len(sample) < SAMPLE_BYTES
        self._encoding = encoding_of(sample, is_whole=is_whole)
        text = _decoded(sample, self._encoding)
        if _is_binary(text):
            raise no_table()
        if not is_whole:
            # The last line of the sample may be cut off.
            text = text[: text.rfind("\n") + 1] or text
        self._delimiter = delimiter_of(text)
        rows = _rows(text, self._delimiter)
        if not any(map(trimmed, rows)):
            raise no_table()
        self.header, self._header_at, self._raw = header_of(rows)
        self.told: dict[str, object] = {
            "encoding": self._encoding,
            "delimiter": self._delimiter,
        }
        if next(self.lines(), None) is None:
            raise no_rows()

    def lines(self) -> Iterator[Line]:
        """Yield the rows below the header. Letters that mean nothing become �.

        Raise UnreadableFile where a quotation mark is opened and never closed.
        """
        width, first = len(self.header), self._raw[0] if self._raw else None
        for position, (number, cells) in enumerate(self._all_rows()):
            if position <= self._header_at or is_empty(cells):
                continue
            if len(cells) == 1 and width > 1:
                cells = self._by_another_delimiter(cells, width)
            if cells[0] != first or trimmed(cells) != self._raw:
                yield Line(number, fitted(cells, width))

    def _all_rows(self) -> Iterator[Line]:
        self._file.seek(0)
        text = io.TextIOWrapper(
            self._file, encoding=self._encoding, errors=_ERRORS, newline=""
        )
        try:
            yield from _Rows(text, self._delimiter)
        finally:
            text.detach()

    def _by_another_delimiter(self, cells: list[str], width: int) -> list[str]:
        """Return a row that was written with another delimiter than the others."""
        for delimiter in DELIMITERS:
            if cells[0].count(delimiter) >= width - 1:
                return next(csv.reader(cells, delimiter=delimiter), cells)
        return cells


_ERRORS = "as_windows_wrote"


class _Rows:
    """All rows of a text, with the line each begins on."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str) -> None:
        self._text, self._delimiter = text, delimiter
        # The lines of the row that is being read, and whether there are more.
        self._open: list[str] = []
        self._is_ended = False

    def __iter__(self) -> Iterator[Line]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        begins = 1
        try:
            for cells in reader:
                if self._is_ended and _is_unclosed(self._open, self._delimiter):
                    raise csv.Error
                if len(self._open) > MOST_LINES_IN_A_ROW:
                    raise csv.Error
                yield Line(begins, cells)
                self._open.clear()
                begins = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFile(
                _(
                    "On line %(line)s a quotation mark is opened and never closed. "
                    "Take it away, and choose the file again."
                )
                % {"line": begins}
            ) from error

    def _lines(self) -> Iterator[str]:
        readline, keep = self._text.readline, self._open.append
        while line := readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise no_table()
            if "\0" in line:
                line = line.replace("\0", "")
            keep(line)
            yield line
        self._is_ended = True


def _is_unclosed(lines: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def encoding_of(sample: bytes, *, is_whole: bool) -> str:
    """Return the encoding that the first bytes of a text are in.

    A mark at the beginning decides; else every second byte zero is UTF-16, what reads as
    UTF-8 is UTF-8, and the rest is what Windows wrote before.
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    if half and sample[::2].count(0) > half * 0.4:
        return "utf-16-be"
    try:
        # A sample may end in the middle of a letter.
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=is_whole)
    except UnicodeDecodeError:
        return "utf-8" if _is_mostly_utf8(sample) else "cp1252"
    return "utf-8"


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    return len(_BEYOND_ASCII.findall(text)) >= 2 * wrong


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def delimiter_of(text: str) -> str:
    """Return the delimiter that gives the most rows of one and the same width."""
    if said := _SAYS_DELIMITER.match(text):
        return said[1]

    def fit(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _rows(text, delimiter) if len(row) > 1)
        if not widths:
            return 0, 0
        width, rows = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        return rows, width

    best = max(DELIMITERS, key=fit)
    return best if fit(best) > (0, 0) else ","


def _decoded(sample: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)(errors=_ERRORS)
    return decoder.decode(sample).replace("\0", "")


def _is_binary(text: str) -> bool:
    """Return whether a text is full of signs that nobody writes."""
    strange = sum(
        1
        for letter in text[:4096]
        if unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\v\f\x1a"
    )
    return strange * 50 > len(text[:4096])


def _rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, SAMPLE_ROWS))
    except csv.Error:
        # The reader of all lines says where.
        return rows
    return rows
