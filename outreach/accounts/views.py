"""How messages leave the house: the two channels, and one account of one of them."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.rate_limits import is_within
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.changing import give_up_account
from outreach.accounts.forms import TestForm
from outreach.accounts.opening_hours import by_purpose, kept_hours
from outreach.accounts.pausing import pause, resume
from outreach.accounts.price_forms import prices_in_words
from outreach.accounts.standing import Standing, standing_of
from outreach.accounts.testing import TestResult, send_test
from outreach.email.dns_advice import sender_domain
from outreach.events.doors import doors_of
from outreach.models import ProviderAccount
from outreach.sms.senders import known_sender

_TESTS = 10
_TESTS_PER = timedelta(minutes=10)


@staff_view(Staff.Role.MANAGER)
def sending(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    accounts = request.business.provider_accounts.filter(is_in_use=True)
    in_use = {
        account.channel: standing_of(account, now=now)
        for account in accounts.select_related("business")
    }
    return render(
        request,
        "outreach/accounts/sending.html",
        {
            "channels": [(channel, in_use.get(channel.value)) for channel in Channel],
            "standings": list(in_use.values()),
            "hours": by_purpose(kept_hours(request.business)),
        },
    )


@staff_view(Staff.Role.MANAGER)
def account_detail(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    return _page(request, _standing(request, account_uuid))


@staff_view(Staff.Role.OWNER)
@require_POST
def account_test(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    standing = _standing(request, account_uuid)
    form = _test_form(request, standing.account)
    if form is not None and not form.is_valid():
        return _page(request, standing, form=form)
    to = request.user.email if form is None else form.cleaned_data["to"]
    result = _tried(request, standing.account, to)
    return _page(request, _standing(request, account_uuid), form=form, result=result)


@staff_view(Staff.Role.OWNER)
@require_POST
def account_pause(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    by_hand = ProviderAccount.Pause.BY_HAND
    if pause(account, by_hand, now=timezone.now(), actor=request.user):
        toast(request, _("Paused. What is about a visit still goes."))
    return _back(request, account)


@staff_view(Staff.Role.OWNER)
@require_POST
def account_resume(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    if resume(account, actor=request.user, now=timezone.now()):
        toast(request, _("It goes on. What waited goes at the pace of the account."))
    return _back(request, account)


@staff_view(Staff.Role.OWNER)
@require_POST
def account_remove(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    account = _account(request, account_uuid)
    if give_up_account(account, actor=request.user, now=timezone.now()):
        toast(
            request,
            _("Removed, and its login forgotten. What is due waits for another way."),
            level=toasts.WARNING,
        )
    return redirect("outreach:sending", request.business.slug)


def _account(request: StaffRequest, account_uuid: UUID) -> ProviderAccount:
    accounts = request.business.provider_accounts.select_related("business")
    return get_object_or_404(accounts, uuid=account_uuid, is_in_use=True)


def _standing(request: StaffRequest, account_uuid: UUID) -> Standing:
    return standing_of(_account(request, account_uuid), now=timezone.now())


def _back(request: StaffRequest, account: ProviderAccount) -> HttpResponse:
    return redirect("outreach:account_detail", request.business.slug, account.uuid)


def _test_form(request: StaffRequest, account: ProviderAccount) -> TestForm | None:
    """Return the form that asks for a phone; None for mail, which goes to oneself."""
    if account.channel == Channel.EMAIL:
        return None
    return TestForm(request.POST or None, country=request.business.country)


def _tried(request: StaffRequest, account: ProviderAccount, to: str) -> TestResult:
    now = timezone.now()
    is_free = is_within(
        "account-test", str(account.uuid), limit=_TESTS, per=_TESTS_PER, now=now
    )
    if not is_free:
        return TestResult("brass", _("That were many tests. Wait ten minutes."))
    return send_test(
        account, to=to, language=request.user.language, actor=request.user, now=now
    )


def _page(
    request: StaffRequest,
    standing: Standing,
    *,
    form: TestForm | None = None,
    result: TestResult | None = None,
) -> HttpResponse:
    account = standing.account
    context = {
        "account": account,
        "standing": standing,
        "test_form": form or _test_form(request, account),
        "result": result,
        "sender": known_sender(account) if account.channel == Channel.SMS else None,
        "has_records": account.channel == Channel.EMAIL
        and bool(sender_domain(account) or account.inbound_domain),
        # They hold a password.
        "doors": doors_of(account) if request.staff.is_owner else [],
        "prices": prices_in_words(account.prices, request.business.country),
    }
    return render(request, "outreach/accounts/account.html", context)
