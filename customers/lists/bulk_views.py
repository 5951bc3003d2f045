"""What a manager does with a whole list of guests: tag them, save them as a file."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.lists.asking_guests import Asking
from customers.lists.bulk_tags import (
    AT_ONCE,
    GIVE,
    KIND,
    MOST,
    OPPOSITE,
    ask_for_tag,
    change_tag,
    note_done,
    say_done,
    tag_of,
)
from customers.lists.files import KEPT_FOR, ask_for_file
from customers.lists.guest_columns import GUEST_COLUMNS
from customers.lists.guest_file import KIND as GUEST_FILE
from customers.lists.guest_file import ids_meant, question_of
from customers.lists.guest_list_views import asking_again, columns_for, say_count
from customers.models import Tag
from customers.profile.tag_forms import TagNameForm
from customers.profile.tags import TagIsAutomatic, tag_named, tags_by_hand


@staff_view(Staff.Role.MANAGER)
def guest_export(request: StaffRequest) -> HttpResponse:
    words = request.POST if request.method == "POST" else request.GET
    asking = Asking.of(request.business, words, today=timezone.localdate())
    chosen = set(request.POST.getlist("column") or columns_for(request.staff))
    columns = [key for key in GUEST_COLUMNS if key in chosen]
    if request.method == "POST":
        job = ask_for_file(
            request.business,
            kind=GUEST_FILE,
            columns=columns,
            question=question_of(asking),
            actor=request.user,
            now=timezone.now(),
        )
        return redirect("jobs:job_detail", request.business.slug, job.uuid)
    context = {
        "title": _("Guests as a file"),
        "how_many": say_count(asking.asked.count()),
        "chips": [chip.text for chip in asking.chips],
        "query": asking.asked.typed,
        "words": asking.words,
        "columns": [
            (key, column.label, key in chosen) for key, column in GUEST_COLUMNS.items()
        ],
        "days": KEPT_FOR.days,
        "back_url": asking.address(),
        "back_name": _("Guests"),
    }
    return render(request, "customers/list_export.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def guest_bulk_tag(request: StaffRequest) -> HttpResponse:
    asking, act = asking_again(request), request.POST.get("act", "")
    ids = _whom(request, asking)
    tag, problem = _tag(request, act) if ids else (None, _("Tick the guests first."))
    if len(ids) > MOST:
        problem = _too_many()
    if tag is None or problem:
        toast(request, problem, level=messages.ERROR)
        return redirect(asking.address())
    return _changed(request, ids, tag, act=act, back=asking.address(), may_undo=True)


@require_POST
@staff_view(Staff.Role.MANAGER)
def guest_bulk_tag_undo(request: StaffRequest, job_uuid: UUID) -> HttpResponse:
    job = get_object_or_404(request.business.jobs, uuid=job_uuid, kind=KIND)
    back, tag = (
        reverse("customers:guest_list", args=[request.business.slug]),
        tag_of(job),
    )
    changed = job.result.get("changed", [])
    if tag is None or not changed:
        toast(request, _("There is nothing to take back."), level=messages.ERROR)
        return redirect(back)
    act = OPPOSITE[job.arguments["act"]]
    return _changed(request, changed, tag, act=act, back=back, may_undo=False)


def _changed(
    request: StaffRequest,
    ids: Sequence[int],
    tag: Tag,
    *,
    act: str,
    back: str,
    may_undo: bool,
) -> HttpResponse:
    """Change a few at once and say so; for many, lead to the work that does it."""
    business, actor, now = request.business, request.user, timezone.now()
    if len(ids) > AT_ONCE:
        job = ask_for_tag(business, ids, tag, act=act, actor=actor, now=now)
        return redirect("jobs:job_detail", business.slug, job.uuid)
    changed = change_tag(business, ids, tag, act=act, actor=actor, now=now)
    undo_url = ""
    if changed and may_undo:
        job = note_done(business, changed, tag, act=act, actor=actor, now=now)
        undo_url = reverse(
            "customers:guest_bulk_tag_undo", args=[business.slug, job.uuid]
        )
    toast(request, say_done(act, tag, len(changed)), undo_url=undo_url)
    return redirect(back)


def _whom(request: StaffRequest, asking: Asking) -> list[int]:
    """Return the guests meant, at most one more than may be changed at once."""
    if request.POST.get("whom") == "all":
        return ids_meant(asking.asked, most=MOST + 1)
    uuids = [_uuid(text) for text in request.POST.getlist("guest")[:MOST]]
    chosen = request.business.guests.known().filter(uuid__in=filter(None, uuids))
    return list(chosen.values_list("pk", flat=True))


def _tag(request: StaffRequest, act: str) -> tuple[Tag | None, str]:
    """Return the tag meant, or why there is none. A new word becomes a tag."""
    new = request.POST.get("new", "").strip()
    if new and act == GIVE:
        return _new_tag(request, new)
    uuid = _uuid(request.POST.get("tag", ""))
    tag = tags_by_hand(request.business).filter(uuid=uuid).first() if uuid else None
    if tag is None or act not in OPPOSITE:
        return None, _("Choose a tag first, or write a new one.")
    return tag, ""


def _new_tag(request: StaffRequest, name: str) -> tuple[Tag | None, str]:
    form = TagNameForm({"name": name})
    if not form.is_valid():
        return None, str(next(iter(form.errors.values()))[0])
    try:
        return tag_named(
            request.business, form.cleaned_data["name"], now=timezone.now()
        ), ""
    except TagIsAutomatic:
        words = _("“%(name)s” is given by its rule, not by hand.")
        return None, words % {"name": name}


def _too_many() -> str:
    words = _(
        "That is more than %(count)s guests at once. Narrow the list first, or "
        "make a tag with a rule, which finds them by itself."
    )
    return words % {"count": format_number(MOST, active_locale())}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
