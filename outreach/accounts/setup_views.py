"""Choose a provider for a channel, and change what its account is like."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.clock import local_date
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.changing import amend_account, open_account, warm_up_begin
from outreach.accounts.choosing import account_in_use
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.accounts.forms import AccountForm, OpenAccountForm, PaceForm
from outreach.accounts.offers import offer_named, offer_of, offers_of
from outreach.accounts.price_forms import PricesForm
from outreach.models import ProviderAccount


@staff_view(Staff.Role.OWNER)
def provider_choose(request: StaffRequest, channel: str) -> HttpResponse:
    current = account_in_use(request.business, _channel(channel))
    return render(
        request,
        "outreach/accounts/choose.html",
        {
            "channel": Channel(channel),
            "offers": offers_of(channel),
            "current": current,
        },
    )


@staff_view(Staff.Role.OWNER)
def account_open(request: StaffRequest, channel: str, provider: str) -> HttpResponse:
    offer = offer_named(_channel(channel), provider)
    if offer is None:
        raise Http404
    account = ProviderAccount(
        business=request.business, channel=channel, provider=provider,
        currency=request.business.currency if channel == Channel.SMS else "",
    )  # fmt: skip
    form = OpenAccountForm(request.POST or None, instance=account, offer=offer)
    if form.is_valid():
        return _opened(request, form)
    return render(
        request,
        "outreach/accounts/open.html",
        {
            "form": form,
            "offer": offer,
            "channel": Channel(channel),
            "current": account_in_use(request.business, channel),
        },
    )


@staff_view(Staff.Role.OWNER)
def account_edit(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    offer = offer_of(account)
    try:
        known, is_lost = credentials_of(account), False
    except CredentialsLost:
        known, is_lost = {}, True
    form = AccountForm(request.POST or None, instance=account, offer=offer, known=known)
    if form.is_valid():
        is_new_login = form.credentials != known
        return _amended(
            request,
            account,
            changed=form.changed_columns,
            credentials=form.credentials if is_new_login else None,
        )
    context = {"form": form, "account": account, "offer": offer, "is_lost": is_lost}
    return render(request, "outreach/accounts/edit.html", context)


@staff_view(Staff.Role.OWNER)
def account_pace(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    began = account.warms_up_from
    form = PaceForm(
        request.POST or None,
        instance=account,
        initial={"warms_up": began is not None},
    )
    if form.is_valid():
        account.warms_up_from = warm_up_begin(
            account,
            warms_up=form.cleaned_data.get("warms_up", False),
            today=local_date(timezone.now(), request.business.time_zone),
        )
        changed = [name for name in form.changed_data if name != "warms_up"]
        if account.warms_up_from != began:
            changed.append("warms_up_from")
        return _amended(request, account, changed=changed)
    context = {"form": form, "account": account, "offer": offer_of(account)}
    return render(request, "outreach/accounts/pace.html", context)


@staff_view(Staff.Role.OWNER)
def account_prices(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    if account.channel != Channel.SMS:
        raise Http404
    form = PricesForm(
        request.POST or None,
        account=account,
        first_country=request.business.country,
    )
    if form.is_valid():
        account.prices = form.prices
        account.currency = form.cleaned_data["currency"]
        changed = ["prices", "currency"] if form.has_changed() else []
        return _amended(request, account, changed=changed)
    context = {"form": form, "account": account, "offer": offer_of(account)}
    return render(request, "outreach/accounts/prices.html", context)


def _channel(channel: str) -> str:
    if channel not in Channel.values:
        raise Http404
    return channel


def _account(request: StaffRequest, account_uuid: UUID) -> ProviderAccount:
    accounts = request.business.provider_accounts.select_related("business")
    return get_object_or_404(accounts, uuid=account_uuid, is_in_use=True)


def _opened(request: StaffRequest, form: OpenAccountForm) -> HttpResponse:
    account, now = form.instance, timezone.now()
    account.warms_up_from = warm_up_begin(
        account,
        warms_up=form.cleaned_data.get("warms_up", False),
        today=local_date(now, request.business.time_zone),
    )
    open_account(account, form.credentials, actor=request.user, now=now)
    toast(request, _("Messages go this way from now on. Send yourself a test."))
    return redirect("outreach:account_detail", request.business.slug, account.uuid)


def _amended(
    request: StaffRequest,
    account: ProviderAccount,
    *,
    changed: list[str],
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    is_kept = amend_account(
        account, credentials, changed=changed, actor=request.user, now=timezone.now()
    )
    if not is_kept:
        raise Http404
    toast(request, _("Saved."))
    return redirect("outreach:account_detail", request.business.slug, account.uuid)
