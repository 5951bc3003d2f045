import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.core.clock import local_date
from outreach.automations.planning import plan_due, plan_visit
from outreach.models import Message
from outreach.outbox.again import CannotSendAgain, send_again
from outreach.sending.claiming import Lane, claim_due
from tests.factories import NOW, make_business, make_guest, make_user, make_visit
from tests.outreach.builders import make_automation, make_message

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act, times):
    """Run ``act`` in threads that start together; return what each gave or raised."""
    start = threading.Barrier(times)
    results = []

    def run():
        try:
            start.wait()
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def nora():
    business = make_business()
    make_automation(business)
    return make_guest(business, emails=("nora@post.no",))


def test_one_row_per_occasion_whoever_plans_at_once(nora):
    visit = make_visit(nora, now=timezone.now())
    Message.objects.all().delete()

    results = at_once(lambda: plan_visit(visit, now=timezone.now()), 6)

    assert results == [1] * 6
    assert Message.objects.count() == 1


def test_any_number_of_planners_plan_each_day_once(nora):
    now = timezone.now()
    today = local_date(now, nora.business.time_zone)
    day = {"birthday_day": today.day, "birthday_month": today.month}
    for number in range(20):
        make_guest(nora.business, f"Guest {number}", **day)
    make_automation(
        nora.business, trigger="birthday", survey=None, expires_after_hours=48
    )

    results = at_once(lambda: plan_due(now=now), 4)

    assert not [result for result in results if not isinstance(result, int)]
    assert Message.objects.count() == 20


def test_the_database_itself_takes_an_occasion_once(nora):
    make_message(nora, occasion="again")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_message(nora, occasion="again")


def test_no_message_is_claimed_by_two_at_once(nora):
    messages = {make_message(nora, now=NOW.replace(year=2020)).pk for _ in range(30)}

    claims = at_once(lambda: claim_due(lane=Lane.BULK, owner="x", limit=10), 6)

    claimed = [pk for claim in claims for pk in claim.message_ids]
    assert len(claimed) == len(set(claimed))
    rest = claim_due(lane=Lane.BULK, owner="x", limit=30).message_ids
    assert set(claimed) | set(rest) == messages


def test_sent_again_by_two_people_at_once_it_goes_again_once(nora):
    message = make_message(nora, status=Message.Status.UNCONFIRMED)
    person = make_user()

    results = at_once(lambda: send_again(message, actor=person, now=timezone.now()), 3)

    assert Message.objects.filter(resend_of=message).count() == 1
    assert sum(isinstance(result, CannotSendAgain) for result in results) == 2


def test_what_was_due_first_is_claimed_first(nora):
    long_ago = NOW.replace(year=2020)
    late = make_message(nora, now=long_ago.replace(month=2))
    early = make_message(nora, now=long_ago.replace(month=1))

    claim = claim_due(lane=Lane.BULK, owner="x", limit=9)

    assert claim.message_ids == (early.pk, late.pk)
