"""Campaigns: all of them, a draft, the look before it begins, and how it goes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.audit.events import record_event
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from outreach.campaigns import changing
from outreach.campaigns.forms import CampaignForm, StartForm
from outreach.campaigns.looking import Look, look_at
from outreach.campaigns.outcome import compare, days_words, progress_of, states_of
from outreach.campaigns.starting import start
from outreach.models import Campaign

State = Campaign.State

# A list longer than this is left to the tick: nobody waits for the page.
_WHILE_WAITING = 5_000


@require_safe
@staff_view(Staff.Role.MANAGER)
def campaign_list(request: StaffRequest) -> HttpResponse:
    campaigns = request.business.campaigns.select_related("segment", "template")
    rows = list(campaigns.order_by("-updated_at", "-pk"))
    groups = [
        (state.label, [row for row in rows if row.state == state])
        for state in (
            State.SENDING,
            State.PAUSED,
            State.SCHEDULED,
            State.DRAFT,
            State.DONE,
            State.CANCELLED,
        )
    ]
    return render(
        request,
        "outreach/campaigns/list.html",
        {"groups": [group for group in groups if group[1]]},
    )


@staff_view(Staff.Role.MANAGER)
def campaign_create(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    draft = Campaign(created_at=now, updated_at=now, created_by=request.user)
    form = CampaignForm(request.POST or None, business=request.business, instance=draft)
    if form.is_valid():
        return _saved(request, form, now=now, action="created")
    return render(request, "outreach/campaigns/edit.html", {"form": form})


@staff_view(Staff.Role.MANAGER)
def campaign_edit(request: StaffRequest, campaign_uuid: UUID) -> HttpResponse:
    with transaction.atomic():
        campaign = _campaign(request, campaign_uuid, is_held=True)
        if campaign.state != State.DRAFT:
            toast(request, _("Only a draft can be changed."), level=messages.WARNING)
            return _to(request, campaign)
        form = CampaignForm(
            request.POST or None, business=request.business, instance=campaign
        )
        if form.is_valid():
            return _saved(request, form, now=timezone.now(), action="amended")
    shown = _campaign(request, campaign_uuid)
    context = {"form": form, "campaign": shown}
    return render(request, "outreach/campaigns/edit.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def campaign_detail(request: StaffRequest, campaign_uuid: UUID) -> HttpResponse:
    campaign, now = _campaign(request, campaign_uuid), timezone.now()
    if campaign.state == State.DRAFT:
        return _check_page(request, campaign, look_at(campaign, now=now))
    context = _progress(campaign) | {
        "comparison": compare(campaign, now=now),
        "days_words": days_words(campaign),
    }
    return render(request, "outreach/campaigns/detail.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def campaign_progress(request: StaffRequest, campaign_uuid: UUID) -> HttpResponse:
    """Answer with how far it is, for the place on its page; else show the page."""
    campaign = _campaign(request, campaign_uuid)
    if not getattr(request, "htmx", False):
        return _to(request, campaign)
    return render(request, "outreach/campaigns/progress.html", _progress(campaign))


@require_POST
@staff_view(Staff.Role.MANAGER)
def campaign_start(request: StaffRequest, campaign_uuid: UUID) -> HttpResponse:
    campaign, now = _campaign(request, campaign_uuid), timezone.now()
    if campaign.state != State.DRAFT:
        # The second of two clicks finds it begun, which is what was wanted.
        return _to(request, campaign)
    look = look_at(campaign, now=now)
    if look.problem:
        return _check_page(request, campaign, look)
    form = StartForm(request.POST, campaign=campaign, going=look.going)
    if not form.is_valid():
        return _check_page(request, campaign, look, form)
    try:
        changing.plan(campaign, actor=request.user, now=now)
    except changing.TooLate:
        return _to(request, campaign)
    if look.tally.guests <= _WHILE_WAITING:
        start(campaign.pk, now=now)
    toast(request, _started_words(campaign, now))
    return _to(request, campaign)


_ACTS = {
    "pause": changing.pause,
    "resume": changing.resume,
    "cancel": changing.cancel,
    "take_back": changing.take_back,
}


@require_POST
@staff_view(Staff.Role.MANAGER)
def campaign_act(request: StaffRequest, campaign_uuid: UUID) -> HttpResponse:
    """Pause, resume, cancel or take back, whichever button was pressed."""
    campaign = _campaign(request, campaign_uuid)
    act = _ACTS.get(request.POST.get("to", ""))
    if act:
        try:
            act(campaign, actor=request.user, now=timezone.now())
        except changing.TooLate:
            toast(
                request,
                _("It was changed before you: this is how it stands now."),
                level=messages.WARNING,
            )
    return _to(request, campaign)


def _campaign(request: StaffRequest, uuid: UUID, *, is_held: bool = False) -> Campaign:
    rows = request.business.campaigns.select_related(
        "business__contact_budget", "segment", "template", "created_by"
    )
    if is_held:
        rows = rows.select_for_update(of=("self",))
    return get_object_or_404(rows, uuid=uuid)


def _saved(
    request: StaffRequest, form: CampaignForm, *, now: datetime, action: str
) -> HttpResponse:
    campaign = form.save()
    campaign.updated_at = now
    campaign.counts = {}
    # A draft is written whole: its row is held, or new.
    campaign.save()
    record_event(
        business=request.business,
        actor=request.user,
        action=action,
        subject=campaign,
        fields=[name for name in form.changed_data if name != "seen"],
        now=now,
    )
    return _to(request, campaign)


def _to(request: StaffRequest, campaign: Campaign) -> HttpResponse:
    return redirect("outreach:campaign_detail", request.business.slug, campaign.uuid)


def _check_page(
    request: StaffRequest,
    campaign: Campaign,
    look: Look,
    form: StartForm | None = None,
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "look": look,
        "refused": [error for found in form.errors.values() for error in found]
        if form
        else [],
        "start_form": StartForm(campaign=campaign, going=look.going),
    }
    return render(request, "outreach/campaigns/check.html", context)


def _progress(campaign: Campaign) -> dict[str, Any]:
    states = states_of(campaign)
    done, total = progress_of(states)
    return {
        "campaign": campaign,
        "states": states,
        "done": done,
        "total": total,
        "is_moving": campaign.state == State.SENDING
        or (campaign.state == State.SCHEDULED and _is_due(campaign)),
    }


def _is_due(campaign: Campaign) -> bool:
    return campaign.send_at is not None and campaign.send_at <= timezone.now()


def _started_words(campaign: Campaign, now: datetime) -> str:
    if changing.sends_at(campaign, now=now) > now:
        return _("It is planned. Until then you can take it back.")
    return _("It begins now.")
