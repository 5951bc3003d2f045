"""Who works here, what they may do, and who is invited."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.forms import InvitationForm, StaffForm
from crm.tenancy.invitation_mail import send_invitation
from crm.tenancy.invitations import (
    AlreadyStaff,
    InvitationNotOpen,
    invite_staff,
    renew_invitation,
    revoke_invitation,
)
from crm.tenancy.models import Staff, StaffInvitation
from crm.tenancy.staffing import LastOwner, change_staff, remove_staff


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def staff_list(request: StaffRequest) -> HttpResponse:
    form = InvitationForm(
        request.POST or None,
        initial={"role": Staff.Role.STAFF, "language": request.user.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = invite_staff(
                business=request.business,
                invited_by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except AlreadyStaff as problem:
            form.add_error("email", str(problem))
        else:
            _send_and_say(request, invitation, token)
            return redirect("tenancy:staff_list", request.business.slug)
    return render(request, "tenancy/staff_list.html", _people(request, form))


def _people(request: StaffRequest, form: InvitationForm) -> dict[str, object]:
    now = timezone.now()
    return {
        "form": form,
        "people": request.business.staff.select_related("user")
        .prefetch_related("venues")
        .order_by("user__name", "pk"),
        "invitations": [
            (invitation, invitation.expires_at <= now)
            for invitation in request.business.staff_invitations.filter(
                accepted_at=None, revoked_at=None
            ).order_by("created_at", "pk")
        ],
    }


def _send_and_say(
    request: StaffRequest, invitation: StaffInvitation, token: str
) -> None:
    email = {"email": invitation.email}
    if send_invitation(invitation, token):
        toast(request, _("An invitation is on its way to %(email)s.") % email)
        return
    toast(
        request,
        _(
            "%(email)s is invited, but the mail could not be sent: the mail server did "
            "not answer. Press “Send again” in a while."
        )
        % email,
        level=messages.WARNING,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def staff_edit(request: StaffRequest, staff_uuid: UUID) -> HttpResponse:
    person = get_object_or_404(
        request.business.staff.select_related("user"), uuid=staff_uuid
    )
    form = StaffForm(
        request.POST or None,
        venues=request.business.venues.order_by("name", "pk"),
        initial={
            "role": person.role,
            "venues": person.venues.all(),
            "may_see_health_needs": person.may_see_health_needs,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(
                person, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except LastOwner as problem:
            form.add_error("role", str(problem))
        else:
            toast(request, _("Saved."))
            return redirect("tenancy:staff_list", request.business.slug)
    return render(request, "tenancy/staff_edit.html", {"person": person, "form": form})


@require_POST
@staff_view(Staff.Role.OWNER)
def staff_remove(request: StaffRequest, staff_uuid: UUID) -> HttpResponse:
    person = get_object_or_404(
        request.business.staff.select_related("user"), uuid=staff_uuid
    )
    try:
        remove_staff(person, actor=request.user, now=timezone.now())
    except LastOwner as problem:
        toast(request, str(problem), level=messages.ERROR)
        return redirect("tenancy:staff_list", request.business.slug)
    toast(request, _("%(name)s no longer has access.") % {"name": person.user})
    if person.user_id == request.user.pk:
        return redirect("tenancy_public:home")
    return redirect("tenancy:staff_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.OWNER)
def invitation_renew(request: StaffRequest, invitation_uuid: UUID) -> HttpResponse:
    invitation = get_object_or_404(
        request.business.staff_invitations, uuid=invitation_uuid
    )
    try:
        token = renew_invitation(invitation, actor=request.user, now=timezone.now())
    except InvitationNotOpen as problem:
        toast(request, str(problem), level=messages.ERROR)
    else:
        _send_and_say(request, invitation, token)
    return redirect("tenancy:staff_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.OWNER)
def invitation_revoke(request: StaffRequest, invitation_uuid: UUID) -> HttpResponse:
    invitation = get_object_or_404(
        request.business.staff_invitations, uuid=invitation_uuid
    )
    try:
        revoke_invitation(invitation, actor=request.user, now=timezone.now())
    except InvitationNotOpen as problem:
        toast(request, str(problem), level=messages.ERROR)
    else:
        toast(
            request,
            _("The invitation to %(email)s is taken back.")
            % {"email": invitation.email},
        )
    return redirect("tenancy:staff_list", request.business.slug)
