"""Invite people to work in a business, and let them in.

The link carries a random token of which only a fingerprint is stored, so it cannot be
shown again: sending it again makes a new one. The mail itself is in
``invitation_mail.py``.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.core.signing import token_hash
from crm.tenancy.changes import report_change
from crm.tenancy.models import Business, Staff, StaffInvitation

VALID_FOR = timedelta(days=7)


class AlreadyStaff(Exception):
    """The invited person works here already."""


class InvitationNotOpen(Exception):
    """The link cannot be used; the message says why and what to do."""


@transaction.atomic
def invite_staff(
    *,
    business: Business,
    email: str,
    role: str,
    language: str,
    invited_by: User | None,
    now: datetime,
) -> tuple[StaffInvitation, str]:
    """Invite ``email`` and return the invitation with the token for its link.

    Somebody who is invited already gets a new link, with the role asked for now. Raise
    AlreadyStaff when the person works here.
    """
    Business.objects.select_for_update().get(pk=business.pk)
    if business.staff.filter(user__email__iexact=email).exists():
        raise AlreadyStaff(_("This person works here already."))
    token = secrets.token_urlsafe(24)
    invitation = StaffInvitation(business=business, email=email.lower())
    pending = business.staff_invitations.filter(
        email__iexact=email, accepted_at=None, revoked_at=None
    ).first()
    invitation = pending or invitation
    invitation.role, invitation.language = role, language
    invitation.invited_by = invited_by
    _start_clock(invitation, token, now=now)
    invitation.save()
    _report(invitation, "invited", actor=invited_by, now=now)
    return invitation, token


@transaction.atomic
def renew_invitation(invitation: StaffInvitation, *, actor: User, now: datetime) -> str:
    """Start the days of an invitation anew and return the token of the new link.

    The old link stops working. Raise InvitationNotOpen when the invitation was
    accepted or taken back.
    """
    invitation = _locked(invitation)
    _check_pending(invitation)
    token = secrets.token_urlsafe(24)
    _start_clock(invitation, token, now=now)
    invitation.save(update_fields=["token_hash", "created_at", "expires_at"])
    _report(invitation, "invited", actor=actor, now=now)
    return token


@transaction.atomic
def revoke_invitation(
    invitation: StaffInvitation, *, actor: User, now: datetime
) -> None:
    """Take an invitation back. Raise InvitationNotOpen when it was accepted."""
    invitation = _locked(invitation)
    _check_pending(invitation)
    invitation.mark_revoked(now=now)
    _report(invitation, "revoked", actor=actor, now=now)


def open_invitation(token: str, *, now: datetime) -> StaffInvitation:
    """Return the invitation behind a link. Raise InvitationNotOpen with the reason."""
    invitation = (
        StaffInvitation.objects.select_related("business", "invited_by")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if invitation is None:
        raise InvitationNotOpen(
            _(
                "This link is not complete, or a newer one was sent. Open the link in "
                "the newest mail."
            )
        )
    _check_open(invitation, now=now)
    return invitation


@transaction.atomic
def accept_invitation(
    invitation: StaffInvitation, *, user: User, now: datetime
) -> Staff:
    """Let ``user`` into the business. A role they hold there already is kept.

    Raise InvitationNotOpen when the invitation was used or taken back meanwhile.
    """
    invitation = _locked(invitation)
    _check_open(invitation, now=now)
    staff, _is_new = Staff.objects.get_or_create(
        business=invitation.business, user=user, defaults={"role": invitation.role}
    )
    invitation.mark_accepted(now=now)
    _report(invitation, "accepted", actor=user, now=now)
    return staff


@transaction.atomic
def accept_as_new_person(
    invitation: StaffInvitation, *, name: str, password: str, now: datetime
) -> Staff:
    """Create the sign-in of the invited address and let it into the business.

    The address is proved by having opened the link that was sent to it. Raise
    InvitationNotOpen when the invitation was used or taken back meanwhile.
    """
    _check_open(_locked(invitation), now=now)
    user = User.objects.create_user(
        invitation.email, password, name=name, language=invitation.language
    )
    return accept_invitation(invitation, user=user, now=now)


def _start_clock(invitation: StaffInvitation, token: str, *, now: datetime) -> None:
    invitation.token_hash = token_hash(token)
    invitation.created_at, invitation.expires_at = now, now + VALID_FOR


def _locked(invitation: StaffInvitation) -> StaffInvitation:
    return (
        StaffInvitation.objects.select_for_update(of=("self",))
        .select_related("business")
        .get(pk=invitation.pk)
    )


def _check_pending(invitation: StaffInvitation) -> None:
    if invitation.accepted_at is not None:
        raise InvitationNotOpen(
            _("This invitation has been used. Sign in to go to the house.")
        )
    if invitation.revoked_at is not None:
        raise InvitationNotOpen(
            _("This invitation was taken back. Ask the person who sent it.")
        )


def _check_open(invitation: StaffInvitation, *, now: datetime) -> None:
    _check_pending(invitation)
    if invitation.expires_at <= now:
        raise InvitationNotOpen(
            _("This invitation is too old. Ask for a new one; it takes a minute.")
        )


def _report(
    invitation: StaffInvitation, action: str, *, actor: User | None, now: datetime
) -> None:
    report_change(
        business=invitation.business,
        actor=actor,
        action=action,
        subject=invitation,
        now=now,
    )
