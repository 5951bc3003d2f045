"""The start page, and the page behind the link of a staff invitation."""

from datetime import datetime

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from crm.accounts.models import User
from crm.tenancy.forms import NewPersonForm
from crm.tenancy.invitations import (
    InvitationNotOpen,
    accept_as_new_person,
    accept_invitation,
    open_invitation,
)
from crm.tenancy.models import Business, Staff, StaffInvitation

AUTH_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
@never_cache
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to where they belong; a new installation to its first step."""
    if not Business.objects.exists():
        return render(request, "tenancy/first_run.html")
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    places = list(
        Staff.objects.filter(user=request.user.pk)
        .select_related("business")
        .order_by("business__name", "pk")
    )
    if len(places) == 1:
        return redirect("frontdesk:front_door", places[0].business.slug)
    return render(request, "tenancy/home.html", {"places": places})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        offer = open_invitation(token, now=now)
        if request.user.is_authenticated:
            return _offer_to_signed_in(request, offer, now=now)
        if User.objects.filter(email__iexact=offer.email).exists():
            return render(request, "tenancy/invitation_known.html", {"offer": offer})
        return _offer_to_new(request, offer, now=now)
    except InvitationNotOpen as problem:
        context = {"problem": str(problem)}
        return render(request, "tenancy/invitation_closed.html", context, status=410)


def _offer_to_signed_in(
    request: HttpRequest, offer: StaffInvitation, *, now: datetime
) -> HttpResponse:
    if request.method != "POST":
        return render(request, "tenancy/invitation_accept.html", {"offer": offer})
    person = User.objects.get(email=request.user.get_username())
    accept_invitation(offer, user=person, now=now)
    return redirect("frontdesk:front_door", offer.business.slug)


def _offer_to_new(
    request: HttpRequest, offer: StaffInvitation, *, now: datetime
) -> HttpResponse:
    form = NewPersonForm(request.POST or None, email=offer.email)
    if request.method != "POST" or not form.is_valid():
        context = {"offer": offer, "form": form}
        return render(request, "tenancy/invitation_new.html", context)
    staff = accept_as_new_person(offer, now=now, **form.cleaned_data)
    login(request, staff.user, backend=AUTH_BACKEND)
    return redirect("frontdesk:front_door", offer.business.slug)
