"""Excel and LibreOffice files, by their own types: dates are dates there.

They are read whole, so what they would unpack to is looked at before.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO

import python_calamine
from django.utils.translation import gettext as _

from customers.imports.tables import (
    SAMPLE_ROWS,
    Line,
    UnreadableFile,
    fitted,
    header_of,
    is_empty,
    no_rows,
    trimmed,
)
from customers.imports.unpacking import MOST_ROWS, refuse_bombs, too_many_rows


class SpreadsheetTable:
    """The fullest sheet of the file as a table of text; days and times as ISO 8601."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read the file. Raise UnreadableFile when it is no spreadsheet or too large."""
        refuse_bombs(file)
        self._sheet = _fullest_sheet(file)
        self.told: dict[str, object] = {"sheet": self._sheet.name}
        if self._sheet.total_height > MOST_ROWS:
            raise too_many_rows()
        first = self._sheet.to_python(skip_empty_area=False, nrows=SAMPLE_ROWS)
        rows = [_as_text(row) for row in first]
        if not any(map(trimmed, rows)):
            raise UnreadableFile(_("The spreadsheet is empty."))
        self.header, self._header_at, self._raw = header_of(rows)
        if next(self.lines(), None) is None:
            raise no_rows()

    def lines(self) -> Iterator[Line]:
        """Yield the rows below the header, numbered as the spreadsheet shows them."""
        width = len(self.header)
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            if number <= self._header_at + 1:
                continue
            cells = _as_text(row)
            if not is_empty(cells) and trimmed(cells) != self._raw:
                yield Line(number, fitted(cells, width))


def looks_like_spreadsheet(beginning: bytes) -> bool:
    """Return whether a file begins as a zip archive or an old Excel file does."""
    return beginning.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def _fullest_sheet(file: IO[bytes]) -> python_calamine.CalamineSheet:
    file.seek(0)
    try:
        book = python_calamine.load_workbook(file)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (
        python_calamine.CalamineError,
        python_calamine.PasswordError,
        OSError,
        ValueError,
    ) as error:
        raise UnreadableFile(
            _(
                "The spreadsheet cannot be opened. Is it locked with a password? "
                "Open it, save it as CSV, and choose that file."
            )
        ) from error
    if not sheets:
        raise UnreadableFile(_("The spreadsheet is empty."))
    return max(sheets, key=lambda sheet: sheet.height * sheet.width)


def _as_text(row: Sequence[object]) -> list[str]:
    return [
        value.replace("\0", "") if isinstance(value, str) else _cell(value)
        for value in row
    ]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        # Numbers of guests and bookings come as 4711.0.
        return str(int(value))
    text = repr(value)
    # Three decimals could be thousands to who reads it next; four cannot.
    return f"{text}0" if len(text.rpartition(".")[2]) == 3 else text
