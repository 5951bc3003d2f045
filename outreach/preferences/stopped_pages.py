"""The house's list of addresses that are left alone."""

from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.core.paging import page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Business, Staff
from customers.models import Channel, Suppression
from outreach.preferences.stopped import (
    NotClosed,
    UnreadableAddress,
    Why,
    close_by_hand,
    open_again,
    read_address,
    whose,
)

_ALL = ("", gettext_lazy("All"))


class AddressField(forms.CharField):
    """An email address or a phone number, read as channel and fingerprint."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Email or phone number"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class StoppedFilter(forms.Form):
    channel = forms.ChoiceField(
        label=pgettext_lazy("mail or SMS", "Way"),
        choices=[_ALL, *Channel.choices],
        required=False,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[_ALL, *Suppression.Reason.choices],
        required=False,
    )
    past = forms.BooleanField(
        label=gettext_lazy("Also those that are open again"), required=False
    )


class _WithAddress(forms.Form):
    address = AddressField()

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        try:
            self.channel, self.fingerprint = read_address(self.business, typed)
        except UnreadableAddress as problem:
            raise forms.ValidationError(str(problem)) from problem
        return typed


class LookUpForm(_WithAddress):
    """One address, looked for. Posted, so that it stands in no web address."""


class CloseForm(_WithAddress):
    """An address that staff want left alone."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Leave it alone about"),
        choices=Suppression.Scope.choices,
        widget=forms.RadioSelect,
        initial=Suppression.Scope.ALL,
    )


class OpenForm(forms.Form):
    why = forms.ChoiceField(
        label=gettext_lazy("Why may we write again?"),
        choices=Why.choices,
        widget=forms.RadioSelect,
    )


@staff_view(Staff.Role.MANAGER)
def stopped_list(request: StaffRequest) -> HttpResponse:
    form = StoppedFilter(request.GET)
    wishes = form.cleaned_data if form.is_valid() else {}
    rows = request.business.suppressions.select_related("lifted_by")
    if not wishes.get("past"):
        rows = rows.filter(lifted_at=None)
    for name in ("channel", "reason"):
        if wishes.get(name):
            rows = rows.filter(**{name: wishes[name]})
    look_up = LookUpForm(request.POST or None, business=request.business)
    is_looking = look_up.is_valid()
    if is_looking:
        # Also what is open again: the whole story of the address.
        rows = request.business.suppressions.select_related("lifted_by").filter(
            channel=look_up.channel, address_hash=look_up.fingerprint
        )
    page = page_of(request, rows.order_by("-created_at", "-pk"))
    guests = whose(request.business, page.rows)
    return render(
        request,
        "outreach/stopped_list.html",
        {
            "form": form,
            "look_up": look_up,
            "is_looking": is_looking,
            "is_filtered": any(wishes.values()),
            "page": page,
            "stops": [(row, guests.get(bytes(row.address_hash))) for row in page.rows],
        },
    )


@staff_view(Staff.Role.MANAGER)
def stopped_new(request: StaffRequest) -> HttpResponse:
    form = CloseForm(request.POST or None, business=request.business)
    if form.is_valid():
        close_by_hand(
            request.business,
            form.cleaned_data["address"],
            scope=form.cleaned_data["scope"],
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("It is left alone from now on."))
        return redirect("outreach:stopped", request.business.slug)
    return render(request, "outreach/stopped_new.html", {"form": form})


@staff_view(Staff.Role.MANAGER)
def stopped_open(request: StaffRequest, suppression_id: int) -> HttpResponse:
    stop = get_object_or_404(request.business.suppressions, pk=suppression_id)
    form = OpenForm(request.POST or None)
    if form.is_valid():
        try:
            open_again(
                stop,
                why=form.cleaned_data["why"],
                actor=request.user,
                now=timezone.now(),
            )
        except NotClosed as problem:
            toast(request, str(problem), level=toasts.ERROR)
        else:
            toast(request, _("It is open again."))
        return redirect("outreach:stopped", request.business.slug)
    guest = whose(request.business, [stop]).get(bytes(stop.address_hash))
    return render(
        request,
        "outreach/stopped_open.html",
        {"form": form, "stop": stop, "guest": guest},
    )
