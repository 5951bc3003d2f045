"""The same from the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.jobs import running
from customers.imports.at_once import run_to_end
from customers.imports.receiving import receive_upload
from customers.imports.staging import start_reading
from customers.models import Guest, Import, Visit
from tests.customers.imports.bringing import a_file
from tests.factories import NOW

NORA = {
    "Guest number": "7", "Guest name": "Nora Østby", "Email": "nora@post.no",
    "Booking number": "A1", "Arrival": "2024-03-31", "Departure": "2024-04-02",
}  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def import_file(tmp_path, rows, *arguments):
    path = tmp_path / "old.csv"
    path.write_bytes(a_file(rows).read())
    out = StringIO()
    try:
        call_command("import_file", "casa-alba", str(path), *arguments, stdout=out)
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_all_rows_in_says_so_with_nothing(casa_alba, tmp_path):
    code, report = import_file(tmp_path, [NORA])

    assert (code, report["state"], report["guests"]["new"]) == (0, "done", 1)
    assert Visit.objects.get().guest.display_name == "Nora Østby"


def test_rows_left_out_say_three_and_why(casa_alba, tmp_path):
    report_path = tmp_path / "report.json"

    code, report = import_file(
        tmp_path, [NORA, NORA | {"Arrival": ""}], "--report", str(report_path)
    )

    assert (code, report["rejected_rows"]) == (3, 1)
    assert report["problems"][0]["line"] == 3
    assert json.loads(report_path.read_text()) == report


def test_a_dry_run_brings_nothing(casa_alba, tmp_path):
    code, report = import_file(tmp_path, [NORA], "--dry-run")

    assert (code, report["visits"]["new"]) == (0, 1)
    assert (Guest.objects.count(), Import.objects.get().state) == (0, "discarded")


def test_a_mapping_says_what_columns_mean(casa_alba, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Guest number": "guest.member_number"}))

    import_file(tmp_path, [NORA], "--mapping", str(mapping))

    guest = Guest.objects.get()
    assert (guest.member_number, guest.external_id) == ("7", "")


def test_what_is_no_table_is_said(casa_alba, tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    with pytest.raises(CommandError):
        call_command("import_file", "casa-alba", str(path))

    assert Import.objects.count() == 0


def test_a_mapping_with_a_field_that_there_is_not_is_said(casa_alba, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Email": "guest.letter"}))

    with pytest.raises(CommandError, match=r"no field guest\.letter"):
        import_file(tmp_path, [NORA], "--mapping", str(mapping))


def test_a_worker_that_was_faster_is_waited_for(casa_alba, tmp_path, monkeypatch):
    batch = receive_upload(
        business=casa_alba,
        file=a_file([NORA]),
        name="old.csv",
        kind="guests",
        venue=None,
        actor=None,
        now=NOW,
    )
    batch = start_reading(batch, actor=None, now=NOW)
    job = running.claim_job()
    pauses = []

    def let_the_worker_go_on(seconds):
        pauses.append(seconds)
        running.run_step(job)

    monkeypatch.setattr("time.sleep", let_the_worker_go_on)

    batch = run_to_end(batch)

    # One step to read, one to match, one to find that this is all.
    assert (batch.state, len(pauses), batch.counts["rows"]) == ("ready", 3, 1)
