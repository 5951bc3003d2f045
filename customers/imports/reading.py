"""Open whatever was uploaded as a table."""

from typing import IO

from customers.imports.spreadsheets import SpreadsheetTable, looks_like_spreadsheet
from customers.imports.tables import (
    Line,
    Table,
    UnreadableFile,
    beginning_of,
    refuse_what_is_no_table,
)
from customers.imports.text_tables import TextTable

__all__ = ["Line", "Table", "UnreadableFile", "open_table"]


def open_table(file: IO[bytes], name: str = "") -> Table:
    """Return the table in ``file``, told by its content and not by its ``name``.

    The file stays open and belongs to the caller; it must be seekable. Raise
    UnreadableFile with a sentence when there is no table in it.
    """
    beginning = beginning_of(file, 4096)
    refuse_what_is_no_table(beginning)
    if looks_like_spreadsheet(beginning):
        return SpreadsheetTable(file)
    return TextTable(file)
