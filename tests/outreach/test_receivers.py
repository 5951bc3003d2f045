from customers.models import Visit
from customers.signals import guest_erased
from outreach.deciding.decision import Reason
from outreach.models import Automation, Message
from tests.factories import NOW, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message

Status = Message.Status


def test_a_forgotten_guest_gets_nothing_more_and_nothing_is_left_of_what_was_said(
    casa_alba,
):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    waiting = make_message(nora)
    sent = make_message(
        nora,
        status=Status.ACCEPTED,
        accepted_at=NOW,
        subject="Hello Nora",
        body_text="Nora",
        body_html="Nora",
    )

    guest_erased.send(sender=type(nora), guest=nora, now=NOW)

    waiting.refresh_from_db()
    sent.refresh_from_db()
    assert (waiting.status, waiting.reason) == (Status.CANCELLED, Reason.ERASED)
    assert sent.status == Status.ACCEPTED
    left = {sent.to_address, sent.subject, sent.body_text, sent.body_html}
    assert left == {""}
    assert bytes(sent.to_hash) == bytes(waiting.to_hash)


def test_another_guest_keeps_theirs(casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    olaf = make_guest(casa_alba, "Olaf Berg", emails=("olaf@post.no",))
    message = make_message(olaf, subject="Hello Olaf")

    guest_erased.send(sender=type(nora), guest=nora, now=NOW)

    message.refresh_from_db()
    assert (message.status, message.subject) == (Status.QUEUED, "Hello Olaf")


def test_a_booked_visit_plans_nothing(casa_alba):
    make_automation(casa_alba, now=NOW)
    nora = make_guest(casa_alba, emails=("nora@post.no",))

    make_visit(nora, state=Visit.State.BOOKED)

    assert not Message.objects.exists()


def test_a_new_house_starts_with_one_automation_that_is_off(casa_alba):
    make_automation(casa_alba, is_active=False)

    automation = Automation.objects.get()

    assert automation.name == automation.template.name
    assert not automation.is_active
    assert automation.survey == casa_alba.surveys.get()
