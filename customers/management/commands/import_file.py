"""Bring a file into the register from the command line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from crm.tenancy.models import Business
from customers.imports.at_once import run_to_end
from customers.imports.committing import start_commit
from customers.imports.error_files import error_file
from customers.imports.meanings import Meaning
from customers.imports.problems import words_for
from customers.imports.reading import UnreadableFile
from customers.imports.receiving import (
    discard,
    house_for,
    meanings_of,
    receive_upload,
    set_columns,
)
from customers.imports.staging import start_reading
from customers.models import Import

# What the shell is told when lines were left out; everything else went in.
SOME_LEFT_OUT = 3


class Command(BaseCommand):
    help = "Bring guests, visits or both from a CSV file or a spreadsheet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business", help="short name of the business")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--kind", choices=Import.Kind.values, default=Import.Kind.BOTH
        )
        parser.add_argument("--venue", help="where visits were, by name")
        parser.add_argument(
            "--mapping", type=Path, help="JSON: what the columns mean, by heading"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read and count, bring nothing in"
        )
        parser.add_argument("--report", type=Path, help="write the JSON report here")

    def handle(self, *, business: str, file: Path, **options: Any) -> None:
        house = Business.objects.filter(slug=business).first()
        if house is None:
            raise CommandError(f"There is no business called {business}.")
        with translation.override(house.language):
            batch = _received(house, file, options)
        report = _brought_in(batch, is_dry=options["dry_run"])
        text = json.dumps(report, indent=2, ensure_ascii=False)
        if options["report"]:
            options["report"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)
        if report["state"] == Import.State.FAILED:
            raise CommandError(report["problem"] or "The import failed.")
        if report["rejected_rows"]:
            raise SystemExit(SOME_LEFT_OUT)


def _received(house: Business, file: Path, options: dict[str, Any]) -> Import:
    venue = None
    if options["venue"]:
        venue = house.venues.filter(name__iexact=options["venue"]).first()
        if venue is None:
            raise CommandError(f"{house.slug} has no venue called {options['venue']}.")
    now = timezone.now()
    try:
        with file.open("rb") as content:
            batch = receive_upload(
                business=house,
                file=content,
                name=file.name,
                kind=options["kind"],
                venue=venue,
                actor=None,
                now=now,
            )
    except (OSError, UnreadableFile) as problem:
        raise CommandError(str(problem)) from problem
    if options["mapping"]:
        set_columns(batch, _mapped(batch, options["mapping"]), now=now)
    return batch


def _mapped(batch: Import, path: Path) -> list[Meaning]:
    """Read ``{"Arrival": "visit.arrival", "Born": {"field": …, "format": …}}``.

    A heading that is not named keeps its guess; an empty field leaves it out.
    """
    known = {"", *house_for(batch.business, now=timezone.now()).fields}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(said, dict):
            raise TypeError("There is no list of headings.")
        meanings = []
        for guessed in meanings_of(batch):
            given = said.get(guessed.header, guessed.as_json())
            given = {"field": given} if isinstance(given, str) else given
            place = {"column": guessed.column, "header": guessed.header}
            meanings.append(Meaning.from_json({**given, **place}))
            if meanings[-1].field not in known:
                raise ValueError(f"There is no field {meanings[-1].field}.")
    except (OSError, TypeError, ValueError) as problem:
        raise CommandError(f"{path} cannot be read: {problem}") from problem
    return meanings


def _brought_in(batch: Import, *, is_dry: bool) -> dict[str, Any]:
    now = timezone.now()
    batch = run_to_end(start_reading(batch, actor=None, now=now))
    if batch.state != Import.State.READY:
        return _report(batch)
    if is_dry:
        report = _report(batch)
        discard(batch, actor=None, now=now)
        return report
    batch = run_to_end(start_commit(batch, actor=None, now=now))
    error_file(batch, now=now)
    return _report(batch)


def _report(batch: Import) -> dict[str, Any]:
    problems = batch.import_problems.order_by("line", "pk")
    return {
        "import": str(batch.uuid),
        "state": batch.state,
        "problem": batch.problem,
        "rows": batch.counts.get("rows", 0),
        "rejected_rows": batch.counts.get("rejected_rows", 0),
        "guests": batch.counts.get("guests", {}),
        "visits": batch.counts.get("visits", {}),
        "problems": [
            {
                "line": problem.line,
                "column": problem.column,
                "value": problem.value,
                "code": problem.code,
                "says": words_for(problem.code),
                "rejects_row": problem.rejects_row,
            }
            for problem in problems[:1000]
        ],
    }
