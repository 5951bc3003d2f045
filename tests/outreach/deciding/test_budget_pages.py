from datetime import timedelta

from django.utils import timezone

from crm.audit.models import Event
from outreach.deciding.contacts import budget_of
from outreach.deciding.decision import Reason
from outreach.models import ContactBudget, Message
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_message

BUDGET = "/casa-alba/outreach/budget/"
CHOSEN = {"marketing_contacts": "3", "marketing_days": "14", "survey_days": "60"}


def test_a_house_that_chose_nothing_sees_what_it_begins_with(as_alba):
    page = as_alba.get(BUDGET)

    form = page.context["form"]
    assert [form[name].value() for name in CHOSEN] == [2, 7, 90]
    assert not ContactBudget.objects.exists()


def test_what_is_chosen_is_kept_and_written_in_the_log(as_alba, casa_alba):
    as_alba.post(BUDGET, CHOSEN)
    as_alba.post(BUDGET, CHOSEN | {"survey_days": "30"})

    casa_alba.refresh_from_db()
    kept = budget_of(casa_alba)
    assert (kept.marketing_contacts, kept.marketing_days, kept.survey_days) == (
        3,
        14,
        30,
    )
    log = Event.objects.filter(object_type="outreach.contactbudget").order_by("pk")
    assert [(one.action, sorted(one.fields)) for one in log] == [
        ("created", sorted(CHOSEN)),
        ("amended", ["survey_days"]),
    ]


def test_what_waits_for_room_is_asked_about_anew(as_alba, casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    later = timezone.now() + timedelta(days=5)
    waiting = make_message(nora, reason=Reason.BUDGET, now=NOW, send_at=later)
    planned = make_message(nora, now=NOW, send_at=later)

    as_alba.post(BUDGET, CHOSEN)

    assert Message.objects.get(pk=waiting.pk).send_at <= timezone.now()
    assert Message.objects.get(pk=waiting.pk).reason == ""
    assert Message.objects.get(pk=planned.pk).send_at == later


def test_nonsense_is_named_and_nothing_is_kept(as_alba):
    page = as_alba.post(BUDGET, CHOSEN | {"marketing_days": "0", "survey_days": "x"})

    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"marketing_days", "survey_days"}
    assert not ContactBudget.objects.exists()


def test_the_page_says_how_many_wait(as_alba, casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    make_message(nora, reason=Reason.BUDGET)

    assert as_alba.get(BUDGET).context["waiting"] == 1
