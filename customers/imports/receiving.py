"""Take a file in: keep it, see what it is, and remember what its columns mean."""

import errno
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.files.models import StoredFile
from crm.files.storing import delete_file, store_file
from crm.tenancy.models import Business, Staff, Venue
from customers.imports.guessing import guess
from customers.imports.meanings import House, Meaning, house_of
from customers.imports.problems import NotNow
from customers.imports.reading import Table, UnreadableFile, open_table
from customers.models import Import, ImportMapping

State = Import.State

SAMPLE = 300

# States in which the columns can still be given another meaning.
_OPEN = (State.RECEIVED, State.READY, State.FAILED)


def receive_upload(
    *,
    business: Business,
    file: BinaryIO,
    name: str,
    kind: str,
    venue: Venue | None,
    actor: User | None,
    now: datetime,
) -> Import:
    """Keep a file for 30 days and guess what its columns mean. Nothing is read in yet.

    Raise UnreadableFile with a sentence when it cannot be a table.
    """
    table = open_table(file, name)
    file.seek(0)
    with _room_on_disk(), transaction.atomic():
        stored = store_file(
            business=business,
            name=name,
            content=file,
            reader_role=Staff.Role.MANAGER,
            created_by=actor,
            now=now,
        )
        batch = Import.objects.create(
            business=business,
            kind=kind,
            venue=venue or _only_venue(business),
            file=stored,
            file_name=stored.name,
            told=table.told,
            header=table.header,
            meanings=_guessed(business, table, kind, now=now),
            created_by=actor,
            created_at=now,
        )
        record_event(
            business=business, actor=actor, action="created", subject=batch, now=now
        )
    return batch


def set_columns(
    batch: Import,
    meanings: Sequence[Meaning],
    *,
    now: datetime,
    kind: str = "",
    venue: Venue | None = None,
) -> None:
    """Say what the columns mean. What was read with another meaning is forgotten, and
    the next file with this header is guessed so. Raise NotNow while it is at work.
    """
    with transaction.atomic():
        batch = hold(batch)
        if batch.state not in _OPEN or has_begun(batch):
            raise NotNow(_("This file has been brought in already."))
        batch.meanings = [meaning.as_json() for meaning in meanings]
        batch.kind, batch.venue = kind or batch.kind, venue or batch.venue
        batch.state, batch.counts, batch.problem = State.RECEIVED, {}, ""
        batch.save(
            update_fields=["meanings", "kind", "venue", "state", "counts", "problem"]
        )
        clear_staging(batch)
        ImportMapping.objects.update_or_create(
            business=batch.business,
            fingerprint=fingerprint(batch.header),
            kind=batch.kind,
            defaults={"meanings": batch.meanings, "used_at": now},
        )


def meanings_of(batch: Import) -> list[Meaning]:
    """Return what each column means, in the order of the file."""
    return [Meaning.from_json(said) for said in batch.meanings]


def discard(batch: Import, *, actor: User | None, now: datetime) -> None:
    """Forget a file that was not brought in. Raise NotNow otherwise."""
    with transaction.atomic():
        batch = hold(batch)
        if batch.state not in _OPEN or has_begun(batch):
            raise NotNow(_("This file has been brought in already."))
        clear_staging(batch)
        batch.import_problems.all()._raw_delete(using="default")
        drop_file(batch)
        batch.state = State.DISCARDED
        batch.save(update_fields=["state", "file"])
        record_event(
            business=batch.business,
            actor=actor,
            action="removed",
            subject=batch,
            now=now,
        )


@contextmanager
def open_upload(batch: Import) -> Iterator[Table]:
    """Give the file as a table. Raise UnreadableFile when it is gone."""
    handle = uploaded(batch)
    try:
        yield open_table(handle, batch.file_name)
    finally:
        handle.close()


def uploaded(batch: Import) -> IO[bytes]:
    """Return the file itself, open. Raise UnreadableFile when it is gone."""
    try:
        if batch.file is None:
            raise FileNotFoundError
        content: IO[bytes] = batch.file.content.open("rb")
    except FileNotFoundError as error:
        raise UnreadableFile(
            _("The file is no longer kept here. Choose it again.")
        ) from error
    return content


def hold(batch: Import) -> Import:
    """Lock the import's row until the transaction ends, and read it anew."""
    locked = Import.objects.select_for_update(of=("self",))
    return locked.select_related("business", "venue", "file", "created_by").get(
        pk=batch.pk
    )


def has_begun(batch: Import) -> bool:
    """Return whether anything of the file is in the register."""
    return bool(batch.counts.get("committed", {}).get("after"))


def clear_staging(batch: Import) -> None:
    """Delete what was staged of the file."""
    batch.staged_visits.all()._raw_delete(using="default")
    batch.staged_guests.all()._raw_delete(using="default")


def drop_file(batch: Import) -> None:
    """Delete the upload. The caller saves ``file``."""
    stored: StoredFile | None = batch.file
    batch.file = None
    if stored:
        delete_file(stored)


def fingerprint(header: Sequence[str]) -> str:
    """Return what two files with the same columns have in common."""
    folded = [" ".join(name.casefold().split()) for name in header]
    return hashlib.sha256(json.dumps(folded).encode()).hexdigest()


def house_for(business: Business, *, now: datetime) -> House:
    """Return what reading a cell depends on in this house."""
    return house_of(business, now=now)


def _guessed(
    business: Business, table: Table, kind: str, *, now: datetime
) -> list[object]:
    remembered = business.import_mappings.filter(
        fingerprint=fingerprint(table.header), kind=kind
    ).first()
    known = (
        [Meaning.from_json(said) for said in remembered.meanings] if remembered else []
    )
    sample = []
    for line in table.lines():
        sample.append(line)
        if len(sample) == SAMPLE:
            break
    house = house_for(business, now=now)
    meanings = guess(table.header, sample, known, house, kind)
    return [meaning.as_json() for meaning in meanings]


def _only_venue(business: Business) -> Venue | None:
    venues = list(business.venues.filter(is_active=True)[:2])
    return venues[0] if len(venues) == 1 else None


@contextmanager
def _room_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise UnreadableFile(
            _("There is no room left to keep the file. Tell whoever looks after it.")
        ) from error
