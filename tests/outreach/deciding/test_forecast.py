from datetime import timedelta

from customers.models import Visit
from customers.privacy.consent_notice import switch_on
from customers.visits import depart, step_back
from outreach.deciding.decision import Go, decide
from outreach.deciding.facts import load_facts
from outreach.deciding.forecast import prospects_of
from outreach.models import Message
from tests.factories import NOW, make_guest, make_visit
from tests.outreach.builders import make_automation


def test_after_a_fallen_sale_the_next_one_is_foreseen_as_it_is_decided(casa_alba):
    make_automation(casa_alba, now=NOW - timedelta(days=1))
    switch_on(casa_alba, now=NOW)
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    step_back(make_visit(nora), to=Visit.State.IN_HOUSE, actor=None, now=NOW)

    foreseen = [prospect.outlook.verdict for prospect in prospects_of(nora, now=NOW)]
    paid = depart(make_visit(nora, state=Visit.State.BOOKED), actor=None, now=NOW)

    message = Message.objects.get(visit=paid)
    decided = decide(load_facts([message])[message.pk], NOW)
    assert (foreseen, decided) == ([Go()], Go())
