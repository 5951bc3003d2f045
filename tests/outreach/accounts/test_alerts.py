from datetime import timedelta

import pytest

from crm.tenancy.models import Staff
from outreach.accounts.alerts import tell_owners
from outreach.accounts.pausing import pause, resume
from outreach.models import Alert, ProviderAccount
from tests.factories import NOW, make_staff, make_user

Pause = ProviderAccount.Pause


@pytest.fixture
def account(casa_alba):
    return ProviderAccount.objects.create(
        business=casa_alba,
        channel="sms",
        provider="simulator",
        created_at=NOW,
    )


def test_the_owners_are_told_once_in_their_language(
    account, casa_alba, alba, bruno, mailoutbox
):
    liv = make_user("liv@casa-alba.example", name="Liv Moe", language="nb")
    make_staff(casa_alba, liv, Staff.Role.OWNER)
    pause(account, Pause.LOGIN, now=NOW)

    told = [tell_owners(now=NOW), tell_owners(now=NOW + timedelta(minutes=1))]

    assert told == [1, 0]
    assert [mail.to for mail in mailoutbox] == [[alba.email], [liv.email]]
    assert mailoutbox[0].subject == "SMS from Casa Alba are paused"
    assert "The provider refuses the login. Nothing goes out this way" in (
        mailoutbox[0].body
    )
    assert "http://localhost:8000/casa-alba/outreach/health/" in mailoutbox[0].body
    assert "<h1" in mailoutbox[0].alternatives[0].content


def test_a_name_with_signs_cannot_break_the_mail(account, casa_alba, alba, mailoutbox):
    casa_alba.name = "Bed & <b>Breakfast</b>"
    casa_alba.save(update_fields=["name"])
    pause(account, Pause.EMPTY, now=NOW)

    tell_owners(now=NOW)

    (mail,) = mailoutbox
    assert mail.subject == "SMS from Bed & <b>Breakfast</b> are paused"
    assert "<b>Breakfast" not in mail.alternatives[0].content


def test_who_paused_it_by_hand_is_not_told(account, alba, mailoutbox):
    pause(account, Pause.BY_HAND, now=NOW, actor=alba)

    told = tell_owners(now=NOW)

    assert (told, mailoutbox) == (0, [])
    assert Alert.objects.get().told_at == NOW


def test_a_second_reason_to_pause_is_told_of_when_it_stops_more(
    account, alba, mailoutbox
):
    pause(account, Pause.BOUNCES, now=NOW)
    tell_owners(now=NOW)
    pause(account, Pause.COMPLAINTS, now=NOW)
    tell_owners(now=NOW)
    pause(account, Pause.LOGIN, now=NOW + timedelta(hours=1))
    tell_owners(now=NOW + timedelta(hours=1))

    assert ["belongs to a visit still goes" in mail.body for mail in mailoutbox] == [
        True,
        False,
    ]
    assert list(Alert.objects.order_by("pk").values_list("reason", "over_at")) == [
        ("bounces", NOW + timedelta(hours=1)),
        ("login", None),
    ]


def test_what_goes_on_again_is_over_and_the_next_time_is_told_of_anew(
    account, alba, mailoutbox
):
    for hour in (0, 2):
        now = NOW + timedelta(hours=hour)
        pause(account, Pause.LOGIN, now=now)
        tell_owners(now=now)
        resume(account, actor=alba, now=now + timedelta(hours=1))

    assert len(mailoutbox) == 2
    assert not Alert.objects.filter(over_at=None).exists()


def test_without_a_mail_server_it_is_told_at_a_later_tick(
    account, alba, settings, mailoutbox
):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    pause(account, Pause.LOGIN, now=NOW)

    first = tell_owners(now=NOW)
    settings.EMAIL_BACKEND = backend
    second = tell_owners(now=NOW + timedelta(minutes=1))

    assert (first, second, len(mailoutbox)) == (0, 1, 1)


def test_what_was_mended_before_anybody_could_be_told_is_not_told(
    account, alba, mailoutbox
):
    pause(account, Pause.LOGIN, now=NOW)
    resume(account, actor=alba, now=NOW)

    assert (tell_owners(now=NOW), mailoutbox) == (0, [])


def test_after_a_day_the_pages_say_it_and_no_mail_does(account, alba, mailoutbox):
    pause(account, Pause.LOGIN, now=NOW - timedelta(hours=25))

    assert (tell_owners(now=NOW), mailoutbox) == (0, [])
