from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from outreach.models import Heartbeat, Message
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation


def test_one_round_plans_recovers_and_sends(casa_alba, smtp_server):
    make_automation(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    allow(nora)
    make_visit(nora, now=timezone.now())
    Message.objects.all().delete()
    said = StringIO()

    call_command("run_sender", "--once", stdout=said)

    assert Message.objects.get().status == Message.Status.ACCEPTED
    assert len(smtp_server.messages) == 1
    assert said.getvalue().startswith("One round done at ")


@pytest.mark.django_db
def test_a_round_shows_that_somebody_is_there():
    call_command("run_sender", "--once", stdout=StringIO())

    heard = set(Heartbeat.objects.values_list("name", flat=True))
    assert heard >= {"critical", "sending", "recovering", "applying", "planning"}
