"""One tag on or off many guests at once, and back again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress
from crm.jobs.starting import start_job
from crm.tenancy.models import Business, Staff
from customers.models import Guest, GuestTag, Tag
from customers.profile.tags import tag_many, tags_by_hand

KIND = "bulk_tag"
GIVE, TAKE = "give", "take"
OPPOSITE = {GIVE: TAKE, TAKE: GIVE}
# Up to so many are done while one waits; more are a job.
AT_ONCE = 200
# For more guests than this, a tag with a rule is the right tool.
MOST = 20_000
STEP = 2_000


def change_tag(
    business: Business,
    guest_ids: Sequence[int],
    tag: Tag,
    *,
    act: str,
    actor: User | None,
    now: datetime,
) -> list[int]:
    """Put a tag on guests or take it off; return those for whom that changed anything.

    Only known guests of the business are touched. The log has a line about the tag.
    """
    with transaction.atomic():
        if act == GIVE:
            had_it = set(
                _given(business, guest_ids, tag).values_list("guest", flat=True)
            )
            tag_many(business, guest_ids, tag, actor=actor, now=now)
            # Somebody else may have given it to a few in the same moment.
            given = _given(business, guest_ids, tag).filter(given_at=now)
            ids = given.values_list("guest", flat=True)
            return [guest_id for guest_id in ids if guest_id not in had_it]
        return _take_off(business, guest_ids, tag, actor=actor, now=now)


def ask_for_tag(
    business: Business,
    guest_ids: Sequence[int],
    tag: Tag,
    *,
    act: str,
    actor: User,
    now: datetime,
) -> Job:
    """Queue the change of a tag on many guests."""
    return start_job(
        business=business,
        kind=KIND,
        created_by=actor,
        arguments={"tag": str(tag.uuid), "act": act, "guests": list(guest_ids)},
        reader_role=Staff.Role.MANAGER,
        now=now,
    )


def bulk_tag_step(job: Job, *, now: datetime) -> Progress:
    """Do the next guests. The result says who was changed, so that it can be undone."""
    tag = tag_of(job)
    if tag is None:
        raise JobProblem(_("The tag has been deleted meanwhile."))
    ids, act = job.arguments["guests"], job.arguments["act"]
    done, changed = job.cursor.get("done", 0), job.cursor.get("changed", [])
    changed += change_tag(
        job.business,
        ids[done : done + STEP],
        tag,
        act=act,
        actor=job.created_by,
        now=now,
    )
    done = min(done + STEP, len(ids))
    return Progress(
        done_count=done,
        total_count=len(ids),
        cursor={"done": done, "changed": changed},
        is_finished=done == len(ids),
        result=_result(job, tag, act, changed),
    )


def note_done(
    business: Business,
    changed: Sequence[int],
    tag: Tag,
    *,
    act: str,
    actor: User,
    now: datetime,
) -> Job:
    """Remember a change that was made at once, so that it can be undone like any other."""
    return Job.objects.create(
        business=business,
        kind=KIND,
        status=Job.Status.DONE,
        reader_role=Staff.Role.MANAGER,
        arguments={"tag": str(tag.uuid), "act": act, "guests": list(changed)},
        result={
            "changed": list(changed),
            "said": say_done(act, tag, len(changed)),
        },
        done_count=len(changed),
        total_count=len(changed),
        created_by=actor,
        created_at=now,
        started_at=now,
        finished_at=now,
    )


def _result(job: Job, tag: Tag, act: str, changed: list[int]) -> dict[str, object]:
    undo_url = reverse(
        "customers:guest_bulk_tag_undo", args=[job.business.slug, job.uuid]
    )
    return {
        "changed": changed,
        "said": say_done(act, tag, len(changed)),
        "undo_url": undo_url if changed else "",
    }


def tag_of(job: Job) -> Tag | None:
    return tags_by_hand(job.business).filter(uuid=job.arguments["tag"]).first()


def say_done(act: str, tag: Tag, count: int) -> str:
    """Return a sentence about what was changed."""
    if not count and act == GIVE:
        return _("They all had the tag “%(tag)s” before.") % {"tag": tag.name}
    if not count:
        return _("None of them had the tag “%(tag)s”.") % {"tag": tag.name}
    if act == GIVE:
        words = ngettext(
            "The tag “%(tag)s” is on %(count)s more guest.",
            "The tag “%(tag)s” is on %(count)s more guests.",
            count,
        )
    else:
        words = ngettext(
            "The tag “%(tag)s” is off %(count)s guest.",
            "The tag “%(tag)s” is off %(count)s guests.",
            count,
        )
    number = format_number(count, active_locale())
    return words % {"tag": tag.name, "count": number}


def _take_off(
    business: Business,
    guest_ids: Sequence[int],
    tag: Tag,
    *,
    actor: User | None,
    now: datetime,
) -> list[int]:
    given = _given(business, guest_ids, tag).select_for_update()
    changed = list(given.values_list("guest", flat=True))
    _given(business, changed, tag).delete()
    if changed:
        record_event(
            business=business, actor=actor, action="taken", subject=tag, now=now
        )
    return changed


def _given(
    business: Business, guest_ids: Sequence[int], tag: Tag
) -> QuerySet[GuestTag]:
    known = Guest.objects.known().filter(business=business, pk__in=guest_ids)
    return GuestTag.objects.filter(
        business=business, tag=tag, guest__in=known
    ).order_by("guest")
