"""What became of messages that nobody answered for, from the surest to the least sure."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from outreach.models import Attempt, Message, ProviderAccount
from outreach.outcomes import Outcome
from outreach.sending.recovery import recover
from outreach.sending.resolving import resolve_unknown
from outreach.sending.results import confirm, note_result
from tests.factories import NOW, make_business, make_guest
from tests.outreach.builders import make_message

pytestmark = pytest.mark.django_db

Status = Message.Status
Kind = Attempt.Outcome


@pytest.fixture
def nora():
    business = make_business()
    ProviderAccount.objects.create(
        business=business,
        channel="sms",
        provider="simulator",
        sender="Solvik",
        currency="NOK",
        created_at=NOW,
    )
    return make_guest(business, "Nora Østby", phones=("+47 406 12 345",))


def an_unanswered_sms(guest, words, *, kind="critical"):
    """Return an SMS that was handed over ten minutes ago, and no answer came."""
    point = guest.contact_points.get(kind="phone")
    message = make_message(
        guest,
        kind=kind,
        channel="sms",
        to_address=point.normalized,
        to_hash=point.fingerprint,
        body_text=words,
        frozen_at=NOW,
        status=Status.UNKNOWN,
        unknown_since=timezone.now() - timedelta(minutes=10),
        attempt_count=1,
        account=guest.business.provider_accounts.get(channel="sms"),
    )
    Attempt.objects.create(
        business=guest.business,
        message=message,
        number=1,
        lease_token=message.uuid,
        outcome=Kind.UNKNOWN,
        started_at=timezone.now() - timedelta(minutes=10),
        finished_at=timezone.now() - timedelta(minutes=9),
    )
    return message


def let_minutes_pass(minutes):
    Message.objects.update(
        looked_for_at=F("looked_for_at") - timedelta(minutes=minutes),
        unknown_since=F("unknown_since") - timedelta(minutes=minutes),
    )


def look():
    return resolve_unknown(now=timezone.now())


def test_what_the_provider_has_is_sent(nora):
    message = an_unanswered_sms(nora, "Your table is ready. [taken]")

    counts = look()

    message.refresh_from_db()
    assert counts["found"] == 1
    assert message.status == Status.ACCEPTED
    assert message.provider_message_id == f"simulated-{message.uuid}"
    assert (message.parts, message.cost) == (1, 3500)
    assert message.attempts.get().outcome == Kind.ACCEPTED


def test_absence_counts_only_when_seen_twice_with_time_between(nora):
    message = an_unanswered_sms(nora, "Your table is ready. [lost]")

    assert look()["open"] == 1
    assert look() == {"replayed": 0, "found": 0, "absent": 0, "open": 0}
    message.refresh_from_db()
    assert (message.status, message.missing_count) == (Status.UNKNOWN, 1)

    let_minutes_pass(5)
    assert look()["absent"] == 1
    message.refresh_from_db()
    assert (message.status, message.missing_count) == (Status.QUEUED, 0)
    assert message.attempts.get().outcome == Kind.NOT_SENT


def test_nobody_is_asked_before_the_providers_list_can_be_true(nora):
    message = an_unanswered_sms(nora, "Your table is ready. [taken]")
    Message.objects.update(unknown_since=timezone.now() - timedelta(seconds=100))

    assert look()["found"] == 0
    message.refresh_from_db()
    assert message.looked_for_at is None


def test_it_is_asked_about_less_and_less_often(nora):
    an_unanswered_sms(nora, "Your table is ready. [lost]")
    Message.objects.update(
        unknown_since=timezone.now() - timedelta(hours=1, minutes=10),
        looked_for_at=timezone.now() - timedelta(minutes=10),
    )

    # An hour after the start, the next look is a quarter of an hour later.
    assert sum(look().values()) == 0
    let_minutes_pass(5)
    assert sum(look().values()) == 1


def test_a_try_of_somebody_else_is_not_settled_by_an_old_look(nora):
    message = an_unanswered_sms(nora, "Your table is ready. [lost]")
    Message.objects.update(missing_count=1, attempt_count=2)
    Attempt.objects.create(
        business=nora.business,
        message=message,
        number=2,
        lease_token=message.uuid,
        outcome=Kind.ACCEPTED,
        started_at=NOW,
    )
    Message.objects.update(status=Status.ACCEPTED, accepted_at=NOW)

    assert sum(look().values()) == 0


def test_mail_that_cannot_be_looked_up_waits_for_the_rule(nora):
    message = make_message(
        nora,
        kind="critical",
        status=Status.UNKNOWN,
        unknown_since=timezone.now() - timedelta(minutes=10),
        account=nora.business.provider_accounts.get(channel="email"),
        to_address="nora@post.example",
        subject="Hello",
        body_text="Hello",
        frozen_at=NOW,
    )

    assert sum(look()[name] for name in ("replayed", "found", "absent")) == 0
    message.refresh_from_db()
    assert message.status == Status.UNKNOWN


@pytest.mark.parametrize(
    ("channel", "waited", "status"),
    [
        ("sms", timedelta(hours=1, minutes=55), Status.UNKNOWN),
        ("sms", timedelta(hours=2, minutes=5), Status.UNCONFIRMED),
        ("email", timedelta(hours=2, minutes=5), Status.UNKNOWN),
        ("email", timedelta(hours=6, minutes=5), Status.UNCONFIRMED),
    ],
)
def test_an_sms_is_given_up_sooner_than_a_mail(nora, channel, waited, status):
    message = an_unanswered_sms(nora, "Hello", kind="marketing")
    Message.objects.update(channel=channel, unknown_since=timezone.now() - waited)

    recover()

    message.refresh_from_db()
    assert message.status == status


@pytest.mark.parametrize(
    ("resends", "status", "is_double"),
    [(True, Status.QUEUED, True), (False, Status.UNCONFIRMED, False)],
)
def test_a_house_chooses_whether_important_messages_may_come_twice(
    nora, resends, status, is_double
):
    message = an_unanswered_sms(nora, "Hello")
    ProviderAccount.objects.update(resends_critical=resends)
    Message.objects.update(unknown_since=timezone.now() - timedelta(hours=3))

    recover()

    message.refresh_from_db()
    assert (message.status, message.may_be_double) == (status, is_double)


# A later word


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.UNCONFIRMED, Status.QUEUED])
def test_a_providers_word_settles_whatever_we_thought(nora, status):
    message = an_unanswered_sms(nora, "Hello")
    Message.objects.update(status=status)

    assert confirm(message, now=NOW, provider_id="abc", at=NOW - timedelta(hours=1))

    message.refresh_from_db()
    assert message.status == Status.ACCEPTED
    assert message.accepted_at == NOW - timedelta(hours=1)
    assert message.provider_message_id == "abc"
    assert not confirm(message, now=NOW)


def test_what_is_about_to_go_again_after_a_doubt_is_called_back(nora):
    message = an_unanswered_sms(nora, "Hello")
    Message.objects.update(
        status=Status.CLAIMED,
        lease_token=message.uuid,
        lease_until=timezone.now() + timedelta(minutes=1),
    )

    assert confirm(message, now=NOW)

    message.refresh_from_db()
    assert (message.status, message.lease_token) == (Status.ACCEPTED, None)


def test_what_was_never_tried_is_not_settled_by_a_word_about_it(nora):
    message = make_message(nora, channel="sms")

    assert not confirm(message, now=NOW)
    message.refresh_from_db()
    assert message.status == Status.QUEUED


def test_the_providers_number_is_kept_when_its_call_was_quicker(nora):
    message = an_unanswered_sms(nora, "Hello")
    confirm(message, now=NOW)

    note_result(
        message.attempts.get(), Outcome(Kind.ACCEPTED, provider_id="abc"), now=NOW
    )

    message.refresh_from_db()
    assert message.provider_message_id == "abc"


def test_a_number_that_another_message_has_does_not_undo_the_result(nora):
    first, second = (an_unanswered_sms(nora, "Hello") for _number in range(2))
    outcome = Outcome(Kind.ACCEPTED, provider_id="the same for all")

    for message in (first, second):
        note_result(message.attempts.get(), outcome, now=NOW)

    numbers = [
        Message.objects.get(pk=message.pk).provider_message_id
        for message in (first, second)
    ]
    assert numbers == ["the same for all", ""]
    assert Message.objects.filter(status=Status.ACCEPTED).count() == 2


@pytest.mark.parametrize("kind", [Kind.NOT_SENT, Kind.THROTTLED])
def test_a_try_after_a_doubtful_one_settles_nothing(nora, kind):
    message = an_unanswered_sms(nora, "Hello")
    Message.objects.update(attempt_count=2)
    again = Attempt.objects.create(
        business=nora.business,
        message=message,
        number=2,
        lease_token=message.uuid,
        started_at=NOW,
    )

    note_result(again, Outcome(kind, "503"), now=NOW)

    message.refresh_from_db()
    assert message.status == Status.UNKNOWN


@pytest.mark.parametrize("reason", ProviderAccount.Pause.values[1:3])
def test_trouble_of_the_account_pauses_it(nora, reason):
    message = an_unanswered_sms(nora, "Hello")

    note_result(
        message.attempts.get(), Outcome(Kind.NOT_SENT, "401", pause=reason), now=NOW
    )

    message.refresh_from_db()
    account = message.account
    assert (account.pause_reason, account.pauses_all) == (reason, True)
    assert message.status == Status.QUEUED
