"""The copy of everything that a guest may ask for: a page to read and the same as data.

Made by a worker as a private file; see ``crm.jobs``. Health needs are in it when who
asked for it may see them; nobody else can then read the file.
"""

import io
import json
import zipfile
from contextlib import suppress
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.files.storing import store_file
from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress
from crm.jobs.starting import start_job
from crm.tenancy.models import Staff
from customers.models import Guest, known
from customers.privacy.export import export_guest, sections_of
from customers.profile.photos import portrait_of

KIND = "guest_copy"


def ask_for_copy(guest: Guest, *, actor: User, now: datetime) -> Job:
    """Queue the making of a copy and write down who asked for it."""
    record_event(
        business=guest.business, actor=actor, action="copied", subject=guest, now=now
    )
    return start_job(
        business=guest.business,
        kind=KIND,
        created_by=actor,
        arguments={"guest": str(guest.uuid)},
        reader_role=Staff.Role.MANAGER,
        now=now,
    )


def copy_step(job: Job, *, now: datetime) -> Progress:
    """Make the copy in one step. The file's name says nothing about the guest."""
    # Held, so that forgetting the guest waits and then finds the copy.
    guest = (
        job.business.guests.select_for_update(no_key=True)
        .filter(known(), uuid=job.arguments["guest"])
        .first()
    )
    if guest is None:
        raise JobProblem(_("This guest has been forgotten, so there is nothing left."))
    with_needs = _may_see_needs(job)
    if with_needs:
        record_event(
            business=job.business,
            actor=job.created_by,
            action="looked_at_needs",
            subject=guest,
            now=now,
        )
    day = local_date(now, job.business.time_zone)
    file = store_file(
        business=job.business,
        name=f"{job.business.slug}-{day.isoformat()}.zip",
        content=zipped_copy(guest, with_needs=with_needs, now=now),
        reader_role=job.reader_role,
        created_by=job.created_by,
        now=now,
        is_for_maker=with_needs,
    )
    return Progress(done_count=1, total_count=1, is_finished=True, result_file=file)


def _may_see_needs(job: Job) -> bool:
    staff = job.business.staff.filter(may_see_health_needs=True)
    return staff.filter(user=job.created_by_id).exists()


def zipped_copy(guest: Guest, *, with_needs: bool, now: datetime) -> bytes:
    """Return the zip: ``copy.html`` in the guest's language, ``copy.json``, the photo."""
    with translation.override(guest.language or guest.business.language):
        page = render_to_string(
            "customers/public/guest_copy.html",
            {
                "business": guest.business,
                "sections": sections_of(guest, with_confided=with_needs),
                "with_needs": with_needs,
                "now": now,
            },
        )
    copy = {
        "business": guest.business.name,
        "currency": guest.business.currency,
        "amounts": "minor units",
        "made_at": now,
        "rows": export_guest(guest, with_confided=with_needs),
    }
    data = json.dumps(copy, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.html", page)
        archive.writestr("copy.json", data)
        with suppress(FileNotFoundError):
            if guest.photo:
                photo = portrait_of(guest.photo, is_small=False)
                archive.writestr("photo.webp", photo)
    return packed.getvalue()
