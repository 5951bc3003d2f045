"""One pair, side by side: the same guest, two people, or later."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.audit.events import record_view
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.duplicates.bands import Band, Thresholds
from customers.duplicates.pairs import (
    count_waiting,
    next_of,
    take_back,
    tell_apart,
)
from customers.duplicates.reasons import in_words
from customers.duplicates.rules import rules_of
from customers.holding import GuestIsForgotten
from customers.merging.merging import CannotBeOne, merge_guests
from customers.merging.picking import choices_for, which_stays
from customers.models import DuplicatePair, GuestSummary


@require_safe
@staff_view(Staff.Role.MANAGER)
def pair_detail(request: StaffRequest, pair_uuid: UUID) -> HttpResponse:
    pair, business, now = _pair(request, pair_uuid), request.business, timezone.now()
    if pair is None:
        return _gone(request)
    thresholds = Thresholds.of(rules_of(business))
    stays, goes = which_stays(pair.first, pair.second)
    for guest in (stays, goes):
        record_view(business=business, actor=request.user, subject=guest, now=now)
    summaries = GuestSummary.objects.in_bulk([stays.pk, goes.pk])
    context = {
        "pair": pair,
        "stays": stays,
        "goes": goes,
        "both": (stays, goes),
        "summaries": [summaries.get(guest.pk) for guest in (stays, goes)],
        "choices": choices_for(stays, goes),
        "reasons": in_words(pair.reasons),
        "is_certain": thresholds.band_of(pair.score) is Band.CERTAIN,
        "is_open": pair.state == DuplicatePair.State.OPEN,
        "waiting": count_waiting(business, thresholds),
        "next_url": _next_url(request, pair),
    }
    return render(request, "customers/duplicate_pair.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def pair_merge(request: StaffRequest, pair_uuid: UUID) -> HttpResponse:
    pair = _pair(request, pair_uuid)
    if pair is None:
        return _gone(request)
    on = _next_url(request, pair)
    stays, goes = which_stays(pair.first, pair.second)
    try:
        merge = merge_guests(stays, goes, actor=request.user, now=timezone.now())
    except (CannotBeOne, GuestIsForgotten) as problem:
        toast(request, str(problem), level=messages.ERROR)
        return redirect(on)
    undo_url = reverse("customers:merge_undo", args=[request.business.slug, merge.uuid])
    words = _("%(name)s is one guest now.") % {"name": stays.display_name}
    toast(request, words, undo_url=undo_url)
    return redirect(on)


@require_POST
@staff_view(Staff.Role.MANAGER)
def pair_tell_apart(request: StaffRequest, pair_uuid: UUID) -> HttpResponse:
    pair = _pair(request, pair_uuid)
    if pair is None:
        return _gone(request)
    on = _next_url(request, pair)
    tell_apart(pair, actor=request.user, now=timezone.now())
    undo_url = reverse(
        "customers:duplicates_reopen", args=[request.business.slug, pair.uuid]
    )
    words = _("They are two people, and will not be shown together again.")
    toast(request, words, undo_url=undo_url)
    return redirect(on)


@require_POST
@staff_view(Staff.Role.MANAGER)
def pair_reopen(request: StaffRequest, pair_uuid: UUID) -> HttpResponse:
    pair = _pair(request, pair_uuid)
    if pair is None:
        return _gone(request)
    take_back(pair, actor=request.user, now=timezone.now())
    return redirect("customers:duplicates_pair", request.business.slug, pair.uuid)


def _pair(request: StaffRequest, pair_uuid: UUID) -> DuplicatePair | None:
    """Return the pair; None when one of the two is not there any more."""
    pairs = request.business.duplicate_pairs.select_related(
        "business",
        "first__business", "first__company", "first__household", "first__photo",
        "second__business", "second__company", "second__household", "second__photo",
    )  # fmt: skip
    pair: DuplicatePair = get_object_or_404(pairs, uuid=pair_uuid)
    both = (pair.first, pair.second)
    is_whole = not any(guest.is_erased or guest.merged_into_id for guest in both)
    return pair if is_whole else None


def _gone(request: StaffRequest) -> HttpResponse:
    words = _("These two are one guest already, or one of them is gone.")
    toast(request, words, level=messages.WARNING)
    return redirect("customers:duplicates", request.business.slug)


def _next_url(request: StaffRequest, pair: DuplicatePair) -> str:
    """Return where the next pair is, or the list after the last one."""
    slug = request.business.slug
    thresholds = Thresholds.of(rules_of(request.business))
    coming = next_of(request.business, thresholds, pair)
    if coming is None:
        return reverse("customers:duplicates", args=[slug])
    return reverse("customers:duplicates_pair", args=[slug, coming.uuid])
