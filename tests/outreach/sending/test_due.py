from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.signing import public_token
from crm.devtools.smtp_stand_in import Behaviour
from customers.models import Purpose, Visit
from customers.visits import step_back
from loyalty.models import Membership
from outreach.automations.changing import save_words
from outreach.deciding.decision import Reason
from outreach.models import Attempt, Message
from outreach.outcomes import Outcome
from outreach.preferences.unsubscribing import unsubscribe
from outreach.sending.claiming import Lane, claim_due
from outreach.sending.due import send_due
from outreach.sending.handing_over import load_due
from outreach.sending.intents import commit_intent
from outreach.sending.recovery import recover
from outreach.sending.results import confirm, note_result
from outreach.signals import sending_step
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import hand_over_all, make_automation, make_message

Status = Message.Status
Kind = Attempt.Outcome


@pytest.fixture
def message(casa_alba):
    make_automation(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",), language="en")
    allow(nora)
    make_visit(nora, now=timezone.now())
    return Message.objects.get()


def send(**options):
    return send_due(lane=Lane.BULK, owner="test", **options)


def state_of(message):
    message.refresh_from_db()
    return message.status, message.reason


def make_due(message):
    Message.objects.filter(pk=message.pk).update(send_at=timezone.now())


def test_a_due_message_goes_once_and_says_so(message, smtp_server):
    sent = send(), send()

    assert sent == (1, 0)
    assert state_of(message) == (Status.ACCEPTED, "")
    assert message.accepted_at is not None
    assert message.frozen_at is not None
    assert message.provider_message_id == f"<{message.uuid}@localhost>"
    assert [mail.recipients for mail in smtp_server.messages] == [["nora@post.no"]]
    attempt = message.attempts.get()
    assert (attempt.number, attempt.outcome) == (1, Kind.ACCEPTED)


def test_the_survey_learns_that_it_was_sent_and_to_which_tier(message, smtp_server):
    membership = Membership.objects.filter(guest=message.guest).first()

    send()

    invitation = message.survey_invitation
    invitation.refresh_from_db()
    assert invitation.sent_at is not None
    tier = membership.tier.name if membership and membership.tier else ""
    assert invitation.tier_at_sending == tier


def test_the_mail_carries_what_mailboxes_ask_for(message, smtp_server):
    send()

    mail = smtp_server.messages[0].parsed
    token = public_token("unsubscribe", message.uuid)
    assert mail["From"] == "Casa Alba <gjensyn@localhost>"
    assert mail["Reply-To"] == "post@casa-alba.example"
    link = mail["List-Unsubscribe"].strip()
    assert link == f"<http://localhost:8000/u/{token}/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<survey.casa-alba.localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{message.uuid}@localhost>"
    assert mail["Feedback-ID"].endswith(":survey:casa-alba:gjensyn")


def test_links_are_personal_in_the_mail_and_nowhere_else(message, smtp_server):
    send()

    message.refresh_from_db()
    survey = public_token("survey", message.survey_invitation.uuid)
    mail = smtp_server.messages[0].parsed
    for kind, stored in (("plain", message.body_text), ("html", message.body_html)):
        body = mail.get_body((kind,)).get_content()
        assert f"http://localhost:8000/s/{survey}/" in body
        assert "links.invalid" not in body
        assert survey not in stored
        assert "https://links.invalid/survey" in stored


def test_messages_of_a_visit_have_no_list_to_leave(casa_alba, smtp_server):
    automation = make_automation(casa_alba)
    automation.template.purpose = Purpose.SERVICE
    automation.template.save(update_fields=["purpose"])
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    make_visit(nora, now=timezone.now())

    send_due(lane=Lane.CRITICAL, owner="test")

    mail = smtp_server.messages[0].parsed
    assert (mail["List-Unsubscribe"], mail["List-Id"]) == (None, None)


# Gates


def test_a_no_said_after_planning_is_heard(message, smtp_server):
    unsubscribe(message, now=timezone.now())

    send()

    assert state_of(message) == (Status.SUPPRESSED, Reason.SUPPRESSED)
    assert smtp_server.messages == []


def test_a_no_said_while_it_is_prepared_is_heard(message, smtp_server):
    def say_no(step, **_kwargs):
        if step == "before_intent":
            unsubscribe(message, now=timezone.now())

    sending_step.connect(say_no)
    try:
        send()
    finally:
        sending_step.disconnect(say_no)

    assert state_of(message) == (Status.SUPPRESSED, Reason.SUPPRESSED)
    assert smtp_server.messages == []
    assert not Attempt.objects.exists()


def test_a_visit_taken_back_while_it_is_prepared_calls_it_off(message, smtp_server):
    def take_back(step, **_kwargs):
        if step == "rendered":
            step_back(
                message.visit, to=Visit.State.IN_HOUSE, actor=None, now=timezone.now()
            )

    sending_step.connect(take_back)
    try:
        send()
    finally:
        sending_step.disconnect(take_back)

    assert state_of(message) == (Status.CANCELLED, Reason.VISIT_NOT_COMPLETED)


def test_at_night_it_waits_for_the_morning(message, smtp_server, settings):
    settings.EMAIL_FROM_HOUR, settings.EMAIL_UNTIL_HOUR = 7, 22
    late_evening = timezone.now().replace(hour=23, minute=0)

    send(now=late_evening)

    assert state_of(message) == (Status.QUEUED, Reason.NIGHT)
    assert message.send_at > late_evening
    assert smtp_server.messages == []


def test_words_that_cannot_be_filled_in_are_not_sent_half(message, alba, smtp_server):
    template = message.automation.template
    broken = {"en": {"subject": "{{ nobody.knows }}", "blocks": []}}
    save_words(template, broken, actor=alba, now=timezone.now())

    send()

    assert state_of(message) == (Status.FAILED, Message.Trouble.TEMPLATE)
    assert smtp_server.messages == []


def test_one_bad_message_does_not_keep_the_others(message, alba, smtp_server):
    olaf = make_guest(message.business, "Olaf Berg", emails=("olaf@post.no",))
    allow(olaf)
    make_visit(olaf, now=timezone.now())

    def fail_for_nora(step, message_id, **_kwargs):
        if step == "claimed" and message_id == message.pk:
            raise RuntimeError

    sending_step.connect(fail_for_nora)
    try:
        sent = send()
    finally:
        sending_step.disconnect(fail_for_nora)

    assert sent == 1
    assert state_of(message)[0] == Status.CLAIMED


# What the mail server answers


@pytest.mark.parametrize(
    ("behaviour", "state", "outcome"),
    [
        (Behaviour.REFUSE_RECIPIENT, (Status.FAILED, "refused"), Kind.REJECTED),
        (Behaviour.BUSY, (Status.QUEUED, "throttled"), Kind.THROTTLED),
        (Behaviour.DROP_BEFORE_DATA, (Status.QUEUED, "not_sent"), Kind.NOT_SENT),
        (Behaviour.DROP_AFTER_DATA, (Status.UNKNOWN, ""), Kind.UNKNOWN),
    ],
    ids=lambda value: getattr(value, "value", None),
)
def test_each_answer_has_its_state(message, smtp_server, behaviour, state, outcome):
    smtp_server.behave(behaviour)

    send()

    assert state_of(message) == state
    assert message.attempts.get().outcome == outcome
    assert message.lease_token is None


def test_a_busy_server_is_tried_later_and_gets_the_same_mail(message, smtp_server):
    smtp_server.behave(Behaviour.BUSY)
    send()
    first_words = Message.objects.values("subject", "body_text", "body_html").get()
    later = Message.objects.get().send_at
    make_due(message)

    send()

    assert later > timezone.now() + timedelta(seconds=30)
    assert state_of(message)[0] == Status.ACCEPTED
    assert len(smtp_server.messages) == 1
    assert (
        Message.objects.values("subject", "body_text", "body_html").get() == first_words
    )


def test_a_server_that_is_always_busy_is_given_up(message, smtp_server, settings):
    settings.SEND_ATTEMPTS = 3
    smtp_server.otherwise = Behaviour.BUSY

    for _try in range(3):
        make_due(message)
        send()

    assert state_of(message) == (Status.FAILED, "too_many_tries")
    assert message.attempts.count() == 3


def test_a_server_that_is_away_costs_one_try_a_tick(message, settings):
    olaf = make_guest(message.business, "Olaf Berg", emails=("olaf@post.no",))
    allow(olaf)
    make_visit(olaf, now=timezone.now())
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    send()

    assert Attempt.objects.count() == 1
    assert set(Message.objects.values_list("status", flat=True)) == {Status.QUEUED}


def test_it_waits_for_a_server_that_is_away_as_long_as_it_may(message, settings):
    settings.SEND_ATTEMPTS = 1
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    for _try in range(3):
        make_due(message)
        send()

    assert state_of(message) == (Status.QUEUED, "not_sent")
    assert message.attempts.count() == 3


# Leases


def test_two_claims_share_nothing(message):
    claims = [claim_due(lane=Lane.BULK, owner="a", limit=5) for _ in range(2)]

    assert [claim.message_ids for claim in claims] == [(message.pk,), ()]


def test_who_lost_the_lease_does_not_send(message, smtp_server):
    claim = claim_due(lane=Lane.BULK, owner="slow", limit=1)
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    outcomes = hand_over_all(claim)

    assert outcomes == [None]
    assert smtp_server.messages == []


def test_what_another_worker_took_over_is_left_to_it(message, smtp_server):
    claim = claim_due(lane=Lane.BULK, owner="slow", limit=1)
    Message.objects.update(lease_token=uuid4())

    assert hand_over_all(claim) == []
    assert state_of(message)[0] == Status.CLAIMED
    assert smtp_server.messages == []


def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(
    message, smtp_server
):
    depths = []

    def note_depth(step, **_kwargs):
        if step in {"after_intent", "before_data_end", "after_accept"}:
            depths.append(len(connection.savepoint_ids))

    before = len(connection.savepoint_ids)
    sending_step.connect(note_depth)
    try:
        send()
    finally:
        sending_step.disconnect(note_depth)

    assert depths == [before] * 3


# Late truth


def stuck_attempt(message, status=Status.UNKNOWN):
    Message.objects.filter(pk=message.pk).update(
        status=status, attempt_count=1, unknown_since=timezone.now()
    )
    return Attempt.objects.create(
        business=message.business,
        message=message,
        number=1,
        lease_token=uuid4(),
        started_at=timezone.now(),
    )


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.UNCONFIRMED])
def test_a_late_yes_is_welcome(message, status):
    attempt = stuck_attempt(message, status)

    note_result(attempt, Outcome(Kind.ACCEPTED, provider_id="x"), now=timezone.now())

    assert state_of(message) == (Status.ACCEPTED, "")


def test_a_late_no_settles_what_is_unknown_but_not_what_a_person_was_told(message):
    attempt = stuck_attempt(message, Status.UNCONFIRMED)

    note_result(attempt, Outcome(Kind.REJECTED), now=timezone.now())

    assert state_of(message)[0] == Status.UNCONFIRMED


def test_the_answer_to_an_old_try_does_not_touch_a_newer_one(message):
    attempt = stuck_attempt(message)
    Message.objects.update(attempt_count=2)

    note_result(attempt, Outcome(Kind.REJECTED), now=timezone.now())

    assert state_of(message)[0] == Status.UNKNOWN


# Recovery


def age(**columns):
    Message.objects.update(**columns)


def test_a_claim_that_ran_out_is_due_again(message):
    claim_due(lane=Lane.BULK, owner="dead", limit=1)
    age(lease_until=timezone.now() - timedelta(seconds=1))

    recovered = recover()

    assert recovered.requeued == 1
    assert state_of(message)[0] == Status.QUEUED


def commit_to(claim):
    [due] = load_due(claim, lane=Lane.BULK)
    due.message.to_address = due.known.facts.address
    commit_intent(due.message, due.known, claim.token, now=timezone.now())


def test_an_intent_that_ran_out_is_unknown_and_never_sent_again(message, smtp_server):
    claim = claim_due(lane=Lane.BULK, owner="dead", limit=1)
    commit_to(claim)
    age(lease_until=timezone.now() - timedelta(seconds=1))

    recover()
    unknown = state_of(message)[0]
    age(unknown_since=timezone.now() - timedelta(days=1))
    recover()
    send()

    assert unknown == Status.UNKNOWN
    assert state_of(message) == (Status.UNCONFIRMED, "no_answer")
    assert smtp_server.messages == []


def test_what_is_held_or_freshly_unknown_is_left_alone(message):
    claim_due(lane=Lane.BULK, owner="alive", limit=1)

    recovered = recover()

    assert (recovered.requeued, recovered.unknown) == (0, 0)


def test_an_important_message_goes_once_more_and_is_marked(casa_alba, smtp_server):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    message = make_message(
        nora,
        kind=Message.Kind.CRITICAL,
        status=Status.UNKNOWN,
        attempt_count=1,
        unknown_since=timezone.now() - timedelta(days=1),
        subject="Your booking",
        body_text="Text",
        body_html="<p>Text</p>",
    )

    first = recover().sent_once_more
    send_due(lane=Lane.CRITICAL, owner="test")
    age(status=Status.UNKNOWN, unknown_since=timezone.now() - timedelta(days=1))
    second = recover()

    assert (first, second.sent_once_more, second.unconfirmed) == (1, 0, 1)
    assert len(smtp_server.messages) == 1
    assert state_of(message)[0] == Status.UNCONFIRMED
    assert message.may_be_double


def unknown_confirmation(guest, **fields):
    long_ago = timezone.now() - timedelta(days=2)
    return make_message(
        guest,
        kind=Message.Kind.CRITICAL,
        now=long_ago,
        attempt_count=1,
        subject="Your booking",
        body_text="Text",
        body_html="<p>Text</p>",
        **fields,
    )


def test_what_may_have_gone_does_not_go_once_more_when_it_is_too_late(casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    message = unknown_confirmation(
        nora,
        status=Status.UNKNOWN,
        unknown_since=timezone.now() - timedelta(days=1),
        expires_at=timezone.now() - timedelta(hours=1),
    )

    found = recover()

    assert (found.sent_once_more, found.unconfirmed, found.expired) == (0, 1, 0)
    assert state_of(message) == (Status.UNCONFIRMED, "no_answer")


def test_what_was_to_go_once_more_until_it_was_too_late_may_have_gone(casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    message = unknown_confirmation(
        nora, may_be_double=True, expires_at=timezone.now() - timedelta(hours=1)
    )

    recover()

    assert state_of(message) == (Status.UNCONFIRMED, "no_answer")


@pytest.mark.parametrize("status", [Status.SUPPRESSED, Status.CANCELLED])
def test_a_late_yes_counts_for_what_was_closed_before_it_went_again(casa_alba, status):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    message = unknown_confirmation(nora, may_be_double=True, status=status)
    message.attempts.create(
        business=casa_alba,
        number=1,
        lease_token=uuid4(),
        outcome="unknown",
        started_at=timezone.now(),
    )

    assert confirm(message, now=timezone.now())
    assert state_of(message)[0] == Status.ACCEPTED


def test_a_message_that_cannot_be_put_together_fails_and_is_named(
    message, smtp_server, settings, caplog
):
    settings.SITE_URL = "https://[broken"

    send()

    assert state_of(message) == (Status.FAILED, "template")
    assert "ValueError" in caplog.text
    assert smtp_server.messages == []


def test_too_late_is_too_late(message, smtp_server):
    age(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=1))

    send()
    recover()

    assert state_of(message) == (Status.EXPIRED, "expired")
    assert smtp_server.messages == []


def test_the_cost_of_one_message_is_known(message, smtp_server):
    claim = claim_due(lane=Lane.BULK, owner="test", limit=1)

    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        hand_over_all(claim)

    assert len(queries) < 35
