from datetime import timedelta

from django.utils import timezone

from crm.devtools.smtp_stand_in import Behaviour
from outreach.claiming import BULK_KINDS
from outreach.models import Attempt, Message
from outreach.sending import send_due
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation

Status = Message.Status


def plan_one(business, **guest):
    make_automation(business)
    nora = make_guest(business, emails=("nora@post.no",), **guest)
    allow(nora)
    make_visit(nora, now=timezone.now())
    return Message.objects.get()


def test_a_due_message_is_sent_once_and_says_so(casa_alba, smtp_server):
    message = plan_one(casa_alba)

    first = send_due(kinds=BULK_KINDS, owner="a")
    second = send_due(kinds=BULK_KINDS, owner="a")

    message.refresh_from_db()
    assert (first, second) == (1, 0)
    assert message.status == Status.ACCEPTED
    assert message.survey_invitation.sent_at is not None
    assert [m.recipients for m in smtp_server.messages] == [["nora@post.no"]]
    print(smtp_server.messages[0].raw.decode())
