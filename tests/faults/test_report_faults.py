"""Killed while understanding what a provider reports: nothing half done, nothing lost."""

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from crm.devtools.processes import wait_until
from customers.models import Suppression
from outreach.events.applying import apply_waiting
from outreach.models import DeliveryEvent, WebhookEvent
from tests.factories import make_business, make_guest
from tests.faults.doomed_processes import kill, run_in_child
from tests.outreach.events.builders import call, make_mail_account, make_sent, url_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

HARD = {"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.1.1 gone"}


@pytest.fixture
def message(transactional_db):
    business = make_business()
    account = make_mail_account(business)
    guest = make_guest(business, emails=("nora@post.example",))
    return make_sent(account, guest, provider_id="pm-1")


def is_somebody_waiting(holder):
    row = holder.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return row[0] > 0


def test_killed_between_keeping_and_understanding_it_is_understood_later(
    client, message
):
    call(client, url_of(message.account), HARD | {"MessageID": "pm-1"})
    url = {**connection.get_connection_params()}
    url.pop("cursor_factory", None)
    url.pop("context", None)
    with psycopg.connect(**url, autocommit=False) as holder:
        # Whoever applies it comes as far as the message, and no further.
        holder.execute(
            "SELECT id FROM outreach_message WHERE id = %s FOR UPDATE", [message.pk]
        )
        pid = run_in_child(lambda: apply_waiting(now=timezone.now()))
        wait_until(lambda: is_somebody_waiting(holder), seconds=20)
        kill(pid)
        holder.rollback()

    wait_until(lambda: apply_waiting(now=timezone.now()) == 1, seconds=20)

    message.refresh_from_db()
    event = WebhookEvent.objects.get()
    assert message.delivery == "bounced"
    assert (event.trouble, event.tries) == ("", 0)
    assert DeliveryEvent.objects.count() == Suppression.objects.count() == 1
