"""The lines that were left out: the same columns and one more that says why."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.utils.translation import gettext as _

from crm.core.csv_files import BOM, CsvStyle, csv_lines
from crm.core.locales import active_locale
from crm.files.models import StoredFile
from crm.files.storing import delete_file, store_file
from crm.tenancy.models import Business, Staff
from customers.imports.parsing import drops
from customers.imports.problems import words_for
from customers.imports.reading import Line, UnreadableFile
from customers.imports.receiving import open_upload
from customers.models import Import

BATCH = 1_000


def error_file(batch: Import, *, now: datetime) -> StoredFile | None:
    """Return the file of rejected lines, made if it is not there; None without any.

    It can be made as long as the upload is kept.
    """
    if batch.error_file and not batch.error_file.is_expired(now):
        return batch.error_file
    if batch.file is None:
        return None
    batch.error_file = write_error_file(batch, now=now)
    batch.save(update_fields=["error_file"])
    return batch.error_file


def write_error_file(batch: Import, *, now: datetime) -> StoredFile | None:
    """Write the rejected lines to a file, ready to correct and choose again."""
    if not batch.import_problems.filter(rejects_row=True).exists():
        return None
    with tempfile.TemporaryFile() as file:
        try:
            _write(batch, file)
        except UnreadableFile:
            return None
        file.seek(0)
        return store_file(
            business=batch.business,
            name=_("left-out-of-%(name)s") % {"name": _as_csv(batch.file_name)},
            content=file,
            reader_role=Staff.Role.MANAGER,
            created_by=batch.created_by,
            now=now,
        )


def forget_left_out(business: Business) -> None:
    """Delete what was left out of every import: anybody may be in it.

    What was wrong stays said, without what stood there.
    """
    for batch in business.imports.exclude(error_file=None).select_related("error_file"):
        if batch.error_file:
            delete_file(batch.error_file)
    business.import_problems.exclude(value="").update(value="")


def _write(batch: Import, file: IO[bytes]) -> None:
    style = CsvStyle.of(active_locale())
    header = [*batch.header, _("What to correct")]
    file.write((BOM + csv_lines([header], style)).encode())
    with open_upload(batch) as table:
        for line, reason, wrong in _rejected(batch, table.lines()):
            cells = [
                # What is wrong in its column is no number of a booking either.
                "" if drops(cell, name) or (name in wrong and drops(cell)) else cell
                for cell, name in zip(line.cells, batch.header, strict=False)
            ]
            cells += [""] * (len(batch.header) - len(cells))
            file.write(csv_lines([[*cells, reason]], style).encode())


def _rejected(
    batch: Import, lines: Iterator[Line]
) -> Iterator[tuple[Line, str, set[str]]]:
    """Give the rejected lines, in the order of the file, each with the reason and with
    the columns that are wrong.
    """
    problems = (
        batch.import_problems.filter(rejects_row=True)
        .order_by("line", "pk")
        .values_list("line", "column", "code")
        .iterator(chunk_size=BATCH)
    )
    wanted = next(problems, None)
    for line in lines:
        reasons: list[str] = []
        wrong: set[str] = set()
        while wanted and wanted[0] <= line.number:
            if wanted[0] == line.number:
                reasons.append(_reason(wanted[1], wanted[2]))
                wrong.add(wanted[1])
            wanted = next(problems, None)
        if reasons:
            yield line, " ".join(dict.fromkeys(reasons)), wrong
        if wanted is None:
            return


def _reason(column: str, code: str) -> str:
    return f"{column}: {words_for(code)}" if column else words_for(code)


def _as_csv(name: str) -> str:
    return f"{name.rpartition('.')[0] or name}.csv"
