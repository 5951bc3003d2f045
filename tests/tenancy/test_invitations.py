from datetime import timedelta

import pytest

from crm.accounts.models import User
from crm.audit.models import Event
from crm.tenancy.invitations import (
    AlreadyStaff,
    InvitationNotOpen,
    accept_as_new_person,
    accept_invitation,
    invite_staff,
    open_invitation,
    renew_invitation,
    revoke_invitation,
)
from crm.tenancy.models import Staff, StaffInvitation
from tests.factories import NOW, make_user


@pytest.fixture
def invited(casa_alba, alba):
    return invite_staff(
        business=casa_alba,
        email="Siv@example.org",
        role=Staff.Role.STAFF,
        language="nb",
        invited_by=alba,
        now=NOW,
    )


def test_the_token_itself_is_nowhere_in_the_database(invited):
    invitation, token = invited

    stored = bytes(StaffInvitation.objects.get(pk=invitation.pk).token_hash)

    assert len(stored) == 32
    assert token.encode() not in stored


def test_a_new_person_comes_in_with_the_role_and_language_of_the_invitation(
    invited, casa_alba
):
    _invitation, token = invited

    staff = accept_as_new_person(
        open_invitation(token, now=NOW),
        name="Siv Lie",
        password="fire-glade-maar",
        now=NOW,
    )

    assert (staff.business, staff.role) == (casa_alba, Staff.Role.STAFF)
    assert (staff.user.email, staff.user.name, staff.user.language) == (
        "siv@example.org",
        "Siv Lie",
        "nb",
    )
    assert staff.user.check_password("fire-glade-maar")


def test_somebody_with_a_sign_in_keeps_it(invited, casa_alba):
    _invitation, token = invited
    siv = make_user("siv@example.org")

    accept_invitation(open_invitation(token, now=NOW), user=siv, now=NOW)

    assert casa_alba.staff.get(user=siv).role == Staff.Role.STAFF
    assert User.objects.filter(email="siv@example.org").count() == 1


def test_a_link_works_once(invited):
    _invitation, token = invited
    offer = open_invitation(token, now=NOW)
    accept_invitation(offer, user=make_user(), now=NOW)

    with pytest.raises(InvitationNotOpen, match="has been used"):
        open_invitation(token, now=NOW)
    with pytest.raises(InvitationNotOpen, match="has been used"):
        accept_as_new_person(offer, name="Late", password="x", now=NOW)


def test_a_link_works_until_its_seventh_day_is_over(invited):
    _invitation, token = invited
    last_moment = NOW + timedelta(days=7, seconds=-1)

    assert open_invitation(token, now=last_moment).email == "siv@example.org"
    with pytest.raises(InvitationNotOpen, match="too old"):
        open_invitation(token, now=NOW + timedelta(days=7))


def test_a_link_that_was_taken_back_is_closed(invited, alba):
    invitation, token = invited
    revoke_invitation(invitation, actor=alba, now=NOW)

    with pytest.raises(InvitationNotOpen, match="taken back"):
        open_invitation(token, now=NOW)


def test_an_unknown_token_is_told_apart_kindly(casa_alba):
    with pytest.raises(InvitationNotOpen, match="newest mail"):
        open_invitation("nonsense", now=NOW)


def test_sending_again_closes_the_old_link_and_starts_the_days_anew(invited, alba):
    invitation, old_token = invited
    later = NOW + timedelta(days=8)

    new_token = renew_invitation(invitation, actor=alba, now=later)

    assert open_invitation(new_token, now=later).expires_at == later + timedelta(days=7)
    with pytest.raises(InvitationNotOpen, match="newer one was sent"):
        open_invitation(old_token, now=later)


def test_inviting_twice_is_one_invitation_with_the_newest_role(
    invited, casa_alba, alba
):
    invite_staff(
        business=casa_alba,
        email="siv@example.org",
        role=Staff.Role.MANAGER,
        language="sv",
        invited_by=alba,
        now=NOW,
    )

    assert list(casa_alba.staff_invitations.values_list("role", "language")) == [
        (Staff.Role.MANAGER, "sv")
    ]


def test_a_colleague_is_not_invited_again(casa_alba, alba):
    with pytest.raises(AlreadyStaff):
        invite_staff(
            business=casa_alba,
            email=alba.email.upper(),
            role=Staff.Role.STAFF,
            language="en",
            invited_by=alba,
            now=NOW,
        )


def test_who_came_in_and_who_asked_them_is_in_the_log(invited, casa_alba, alba):
    _invitation, token = invited
    siv = make_user("siv@example.org")
    accept_invitation(open_invitation(token, now=NOW), user=siv, now=NOW)

    events = Event.objects.filter(
        business=casa_alba, object_type="tenancy.staffinvitation"
    ).order_by("pk")

    assert list(events.values_list("actor", "action")) == [
        (alba.pk, "invited"),
        (siv.pk, "accepted"),
    ]
