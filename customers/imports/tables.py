"""What every file is read as: a header, and rows of text.

Nothing is decided here about what a column means.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple, Protocol

from django.utils.translation import gettext as _

MOST_COLUMNS = 300
# How many rows are looked at to find the header, and to guess what columns mean.
SAMPLE_ROWS = 200
_LONGEST_NAME = 80


class UnreadableFile(ValueError):
    """The file cannot be a table; the sentence says why, and what to do."""


class Line(NamedTuple):
    """One row. ``number`` is the line of the file it begins on, counted from 1."""

    number: int
    cells: list[str]


class Table(Protocol):
    """What every kind of file is read as. ``told`` says how it is written, as JSON.

    ``lines`` begins anew each time: the rows below the header, in order, without those
    that are empty or name the columns again. A row has at least as many cells as the
    header; one that has more has something in them.
    """

    header: list[str]
    told: dict[str, object]

    def lines(self) -> Iterator[Line]: ...


class Header(NamedTuple):
    """The names of the columns, and on which row of the first ones they stand.

    ``at`` is -1 when no row names them.
    """

    names: list[str]
    at: int
    raw: list[str]


def header_of(rows: Sequence[list[str]]) -> Header:
    """Find the row that names the columns. Raise UnreadableFile for too many columns.

    Titles above a table are narrower than it is. Where the first row holds what people
    have, such as an address, nothing names the columns and they are numbered.
    """
    at = _header_at(rows)
    width = max((len(trimmed(row)) for row in rows), default=0)
    if width > MOST_COLUMNS:
        raise UnreadableFile(
            _(
                "The table has %(count)s columns, and at most %(most)s can be read. "
                "Keep those that say something about guests."
            )
            % {"count": width, "most": MOST_COLUMNS}
        )
    if _holds_values(rows[at]):
        return Header(_names([""] * len(trimmed(rows[at]))), at - 1, [])
    raw = trimmed(rows[at])
    return Header(_names(raw), at, raw)


def fitted(cells: list[str], width: int) -> list[str]:
    """Return a row as wide as the header; wider only if there is something there."""
    missing = width - len(cells)
    if missing > 0:
        return cells + [""] * missing
    if missing < 0:
        while len(cells) > width and not cells[-1].strip():
            cells = cells[:-1]
    return cells


def is_empty(cells: Sequence[str]) -> bool:
    return not any(cells) or not any(map(str.strip, cells))


def trimmed(cells: list[str]) -> list[str]:
    """Return the row without the empty cells that it ends in."""
    last = next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)
    return cells[:last]


def refuse_what_is_no_table(beginning: bytes) -> None:
    """Raise UnreadableFile for an empty file, and for what people choose by mistake."""
    if not beginning.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_("The file is empty."))
    if beginning.startswith(_NO_TABLES):
        raise no_table()


def no_table() -> UnreadableFile:
    return UnreadableFile(
        _(
            "This is not a table. Save it as CSV, or as an Excel or LibreOffice "
            "spreadsheet, and choose it again."
        )
    )


def no_rows() -> UnreadableFile:
    return UnreadableFile(_("There are no rows below the headings."))


# Pictures, documents, archives and programs, by how they begin.
_NO_TABLES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM6", b"RIFF", b"II*\x00", b"MM\x00*",
    b"%PDF", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ\x90",
    b"<!DOCTYPE", b"<html", b"SQLite format",
)  # fmt: skip


def beginning_of(file: IO[bytes], size: int) -> bytes:
    """Return the first bytes and go back to the beginning."""
    file.seek(0)
    beginning = file.read(size)
    file.seek(0)
    return beginning


def _header_at(rows: Sequence[list[str]]) -> int:
    widths = Counter(filled for row in rows if (filled := _filled(row)) > 1)
    if not widths:
        return next((at for at, row in enumerate(rows) if _filled(row)), 0)
    usual = max(widths, key=lambda width: (widths[width], width))
    for position, row in enumerate(rows):
        if _filled(row) * 2 > usual and _filled(row) > 1:
            return position
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


# An address, or digits as in a day, a number, an amount and a phone number.
_VALUE = re.compile(r"\S+@\S+\.\S+|[+(]?\d[\d.,:/()\- T\u00a0]*")

_YEAR = re.compile(r"(?:19|20)\d\d")


def _holds_values(row: Sequence[str]) -> bool:
    """Return whether a row is somebody's, and names nothing; a year may be a name."""
    cells = [cell for cell in map(str.strip, row) if not _YEAR.fullmatch(cell)]
    values = [cell for cell in cells if _VALUE.fullmatch(cell)]
    return any(len(cell) > 4 for cell in values) or len(values) * 2 > _filled(row)


def _names(cells: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[: _LONGEST_NAME - 5]
        name = name or _("Column %(number)s") % {"number": position}
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
