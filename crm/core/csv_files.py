"""Tables as files for a spreadsheet: what a cell may hold, and how it is written."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.numbers import get_currency_precision, get_decimal_symbol
from django.utils import timezone

BOM = "\ufeff"

# Spreadsheets take a text that begins so for a formula, and formulas can act.
_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# A plus, digits, spaces and dashes alone cannot act, and a phone number needs its plus.
_PHONE = re.compile(r"\+[0-9][0-9 -]*")

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a table: minor units of a currency."""

    minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How the reader's spreadsheet parts columns and writes decimals."""

    delimiter: str
    decimal_mark: str

    @classmethod
    def of(cls, locale: Locale) -> "CsvStyle":
        """Return the style of a language: semicolons where the comma marks decimals."""
        if get_decimal_symbol(locale) == ",":
            return cls(delimiter=";", decimal_mark=",")
        return cls(delimiter=",", decimal_mark=".")


def csv_lines(rows: Iterable[Sequence[Cell | Amount]], style: CsvStyle) -> str:
    """Return the rows as text. Put ``BOM`` before the first line of a file, which is
    how spreadsheets know UTF-8.

    Days are ISO days, instants ISO times in the active zone, money a plain decimal
    number. A text that a spreadsheet would run gets an apostrophe in front; a phone
    number, of which nothing can run, keeps its plus.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=style.delimiter, lineterminator="\r\n")
    writer.writerows([_text(cell, style) for cell in row] for row in rows)
    return written.getvalue()


def _text(cell: Cell | Amount, style: CsvStyle) -> str:
    if isinstance(cell, Amount):
        cell = cell.decimal
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", style.decimal_mark)
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(sep=" ", timespec="seconds")[:19]
    if isinstance(cell, date):
        return cell.isoformat()
    return _harmless(cell) if isinstance(cell, str) else _plain(cell)


def _plain(cell: int | None) -> str:
    return "" if cell is None else str(cell)


def _harmless(text: str) -> str:
    text = text.replace("\0", "")
    # Some programs skip spaces of any width before they look for a formula, and some
    # take wide signs for narrow ones.
    acts = text.startswith(_ACTS) or text.lstrip().startswith(_ACTS)
    if acts and not _PHONE.fullmatch(text):
        return f"'{text}"
    return text
