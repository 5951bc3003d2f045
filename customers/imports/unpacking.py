"""What a spreadsheet becomes when it is unpacked, measured before anybody unpacks it.

A file of a few kilobytes can say that it is a terabyte, or be one without saying so.
"""

import re
import zipfile
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from customers.imports.tables import MOST_COLUMNS, UnreadableFile, no_table

MOST_ROWS = 200_000
# What a spreadsheet of that many rows can weigh unpacked, generously.
MOST_BYTES_UNPACKED = 600_000_000
# Text of tables packs to a tenth or a twentieth; only emptiness packs to less than this.
MOST_TIMES_LARGER = 150
_SMALL = 20_000_000
# A sheet is held as wide as its widest row and as high as its last.
MOST_CELLS = 12_000_000
_CHUNK = 1024 * 1024
_OVERLAP = 64

_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")


def refuse_bombs(file: IO[bytes]) -> None:
    """Raise UnreadableFile when a zip archive is no spreadsheet, or too large a one."""
    file.seek(0)
    if not zipfile.is_zipfile(file):
        return
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableFile(
            _(
                "The spreadsheet cannot be opened. Is it locked with a password? "
                "Open it, save it as CSV, and choose that file."
            )
        ) from error


def too_many_rows() -> UnreadableFile:
    return UnreadableFile(
        _(
            "Spreadsheets are read up to %(most)s rows, and this one has more. Save it as "
            "CSV: those may be of any length."
        )
        % {"most": f"{MOST_ROWS:_}".replace("_", "\N{NARROW NO-BREAK SPACE}")}
    )


def _refuse(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise no_table()
    parts = archive.infolist()
    packed = sum(part.compress_size for part in parts)
    _refuse_size(sum(part.file_size for part in parts), packed)
    unpacked = 0
    for part in parts:
        unpacked += _measure(archive, part, packed, unpacked)


def _refuse_size(unpacked: int, packed: int) -> None:
    if unpacked > MOST_BYTES_UNPACKED or (
        unpacked > _SMALL and unpacked > packed * MOST_TIMES_LARGER
    ):
        raise _too_large()


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        _("The spreadsheet is too large to open. Save it as CSV and choose that.")
    )


def _measure(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, packed: int, before: int
) -> int:
    """Return how large one part really is. What it says of itself may be untrue."""
    part.file_size = MOST_BYTES_UNPACKED * 2
    del part.CRC
    size = 0
    sheet: _ExcelSheet | _OpenSheet | None = None
    if part.filename == "content.xml":
        sheet = _OpenSheet()
    elif part.filename.startswith("xl/worksheets/"):
        sheet = _ExcelSheet()
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            _refuse_size(before + size, packed)
            if sheet:
                sheet.look_at(chunk)
    return size


def _refuse_extent(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise too_many_rows()
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise _too_large()


class _ExcelSheet:
    """The last row and column that anything in a sheet of Excel says it is in."""

    def __init__(self) -> None:
        self._rows = self._columns = 0
        self._tail = b""

    def look_at(self, xml: bytes) -> None:
        """Raise UnreadableFile when the sheet is larger than one that we can hold."""
        places = _PLACE.findall(self._tail + xml)
        self._tail = xml[-_OVERLAP:]
        if places:
            self._rows = max(self._rows, max(int(row) for _column, row in places))
            widest = max({column for column, _row in places}, key=_column_number)
            self._columns = max(self._columns, _column_number(widest))
        _refuse_extent(self._rows, self._columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _OpenSheet:
    """The same of an OpenDocument sheet, where a row or a cell can stand for many.

    The empty ones that fill a sheet up to its end are not counted.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._rows = self._columns = self._position = self._row_width = 0
        self._times = self._cells = 1
        # Rows since the last with anything in it.
        self._empty_rows = 0

    def look_at(self, xml: bytes) -> None:
        """Raise UnreadableFile when the sheet is larger than one that we can hold."""
        try:
            self._parser.Parse(xml)
        except expat.ExpatError as error:
            raise zipfile.BadZipFile from error

    def _start(self, name: str, said: dict[str, str]) -> None:
        if name == "table:table":
            self._rows = self._empty_rows = 0
        elif name == "table:table-row":
            self._times = _number(said.get("table:number-rows-repeated"))
            self._position = self._row_width = 0
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._cells = _number(said.get("table:number-columns-repeated"))
            self._position += self._cells
            if "office:value-type" in said or "table:formula" in said:
                self._row_width = self._position
        elif name == "text:p":
            self._row_width = self._position

    def _end(self, name: str) -> None:
        if name != "table:table-row":
            return
        if not self._row_width:
            self._empty_rows += self._times
            return
        self._rows += self._empty_rows + self._times
        self._empty_rows = 0
        self._columns = max(self._columns, self._row_width)
        _refuse_extent(self._rows, self._columns)

    def _refuse_doctype(self, *_said: object) -> None:
        raise zipfile.BadZipFile


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
