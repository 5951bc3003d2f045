"""Take a file through an import, step by step, as a worker would."""

import csv
import io

from django.utils import timezone

from crm.jobs import running
from crm.jobs.models import Job
from customers.imports.committing import start_commit
from customers.imports.meanings import Meaning
from customers.imports.receiving import receive_upload, set_columns
from customers.imports.reverting import start_revert
from customers.imports.staging import start_reading
from customers.imports.standing import caught_up
from customers.models import Import
from tests.factories import NOW

GUEST_COLUMNS = {
    "Guest no": "guest.external_id",
    "Name": "guest.full_name",
    "Email": "guest.email",
    "Phone": "guest.phone",
    "Company": "guest.company",
    "Tags": "guest.tags",
    "Note": "guest.note",
    "Street": "guest.street",
    "Town": "guest.city",
    "VIP": "guest.vip",
    "News": "consent.marketing.email",
    "Member": "guest.member_number",
}
VISIT_COLUMNS = {
    "Booking": "visit.external_id",
    "Arrival": "visit.arrival",
    "Departure": "visit.departure",
    "Price": "visit.spend",
    "Status": "visit.state",
    "Room": "visit.label",
    "Adults": "visit.people",
}
FORMATS = {"Arrival": "ymd", "Departure": "ymd", "Price": "."}


def a_file(rows):
    """Return a CSV of rows, which are dicts; columns in the order they come."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def receive(business, rows, *, kind="both", actor=None, now=NOW, name="old.csv"):
    batch = receive_upload(
        business=business,
        file=rows if hasattr(rows, "read") else a_file(rows),
        name=name,
        kind=kind,
        venue=business.venues.first(),
        actor=actor,
        now=now,
    )
    fields = GUEST_COLUMNS | VISIT_COLUMNS
    guessed = {meaning["column"]: meaning["format"] for meaning in batch.meanings}
    meanings = [
        Meaning(
            at,
            header,
            "" if kind == "guests" and header in VISIT_COLUMNS else fields[header],
            guessed.get(at, ""),
        )
        for at, header in enumerate(batch.header)
    ]
    set_columns(batch, meanings, now=now)
    return Import.objects.get(pk=batch.pk)


def work(batch, *, steps=None):
    """Do what waits, at most so many steps, and return the import as it stands."""
    job = running.claim_job()
    while job and steps != 0 and running.run_step(job):
        steps = None if steps is None else steps - 1
    if job and steps == 0:
        Job.objects.filter(pk=job.pk).update(
            status=Job.Status.QUEUED, lease_token=None, lease_until=None
        )
    return caught_up(Import.objects.get(pk=batch.pk))


def read(business, rows, **how):
    batch = receive(business, rows, **how)
    start_reading(batch, actor=how.get("actor"), now=NOW)
    return work(batch)


def bring(business, rows, **how):
    batch = read(business, rows, **how)
    assert batch.state == "ready", batch.problem
    start_commit(batch, actor=how.get("actor"), now=timezone.now())
    return work(batch)


def take_back(batch, *, actor=None):
    start_revert(batch, actor=actor, now=timezone.now())
    return work(batch)
