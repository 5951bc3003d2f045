from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from crm.audit.models import Event
from customers.models import ConsentWording, Purpose, Visit
from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.accounts.pausing import pause, resume
from outreach.models import Automation, Message, TemplateVersion
from outreach.sending.heartbeats import SENDING, note_heartbeat
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message

Status = Message.Status


@pytest.fixture
def automation(casa_alba):
    return make_automation(casa_alba)


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.no",))
    allow(guest, Purpose.SURVEY)
    return guest


def path_of(page, thing):
    return f"/casa-alba/outreach/{page}/{thing.uuid}/"


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# The overview


def test_the_overview_says_what_will_go_and_what_will_not_and_why(
    automation, nora, as_alba
):
    silent = make_guest(nora.business, "Olaf Berg", emails=("olaf@post.no",))
    make_visit(nora, now=timezone.now())
    make_visit(silent, now=timezone.now())

    page = as_alba.get("/casa-alba/outreach/")

    assert "<b>1 message</b> will go in the next 14 days." in page.text
    assert "The guest has not said yes to this." in page.text


def test_the_forecast_knows_visits_that_will_end_and_the_notice_at_the_sale(
    automation, casa_alba, as_alba
):
    today = timezone.localdate()
    for name, spend in (("Nora Østby", 1000), ("Olaf Berg", 0)):
        guest = make_guest(casa_alba, name, emails=(f"{name[:4].lower()}@post.no",))
        make_visit(
            guest,
            state=Visit.State.IN_HOUSE,
            arrival_date=today,
            spend=spend,
            now=timezone.now(),
        )
    before = as_alba.get("/casa-alba/outreach/").context["forecast"]
    ConsentWording.objects.create(
        business=casa_alba,
        purpose=Purpose.SURVEY,
        basis=ConsentWording.Basis.SOFT_OPT_IN,
        version=1,
        texts={},
        created_at=timezone.now(),
    )

    after = as_alba.get("/casa-alba/outreach/").context["forecast"]

    assert (before.go, before.wont.total()) == (0, 2)
    assert (after.go, after.wont.total()) == (1, 1)


def test_the_overview_warns_when_nobody_sends(automation, as_alba):
    never = as_alba.get("/casa-alba/outreach/")
    note_heartbeat(SENDING, now=timezone.now())
    lately = as_alba.get("/casa-alba/outreach/")
    note_heartbeat(SENDING, now=timezone.now() - timedelta(minutes=9, seconds=5))
    long_ago = as_alba.get("/casa-alba/outreach/")

    assert "has not been seen yet" in never.text
    assert "has not been seen" not in lately.text
    assert "has not been seen for 9 minutes" in long_ago.text


def test_the_overview_says_when_an_account_stands_still(automation, alba, as_alba):
    give_installation_accounts(now=timezone.now())
    account = account_in_use(automation.business, "email")
    pause(account, "login", now=timezone.now())
    paused = as_alba.get("/casa-alba/outreach/")
    resume(account, actor=alba, now=timezone.now())
    going_on = as_alba.get("/casa-alba/outreach/")

    assert "Email: The provider refuses the login." in paused.text
    assert "The provider refuses the login." not in going_on.text


def test_the_overview_says_when_no_mail_can_leave(automation, casa_alba, as_alba):
    with_a_way = as_alba.get("/casa-alba/outreach/")
    casa_alba.provider_accounts.filter(channel="email").update(is_in_use=False)
    without = as_alba.get("/casa-alba/outreach/")

    assert [
        "Without a provider no mail leaves." in page.text
        for page in (with_a_way, without)
    ] == [False, True]


@pytest.mark.parametrize("guests", [1, 4])
def test_the_overview_costs_the_same_for_one_and_many(
    automation, casa_alba, as_alba, guests, django_assert_num_queries
):
    today = timezone.localdate()
    for number in range(guests):
        guest = make_guest(casa_alba, f"Guest{number} Lie")
        make_visit(guest, now=timezone.now())
        make_visit(
            guest,
            state=Visit.State.IN_HOUSE,
            arrival_date=today,
            now=timezone.now(),
        )
    as_alba.get("/casa-alba/outreach/")

    with django_assert_num_queries(OVERVIEW_QUERIES):
        as_alba.get("/casa-alba/outreach/")


OVERVIEW_QUERIES = 27


def test_an_automation_reads_as_a_sentence(casa_alba, as_alba):
    automation = make_automation(
        casa_alba, delay_days=2, local_time="10:00", visit_kinds=["stay", "table"]
    )
    automation.template.name = "Thank you"
    automation.template.save(update_fields=["name"])
    automation.survey.name = "After your visit"
    automation.survey.save(update_fields=["name"])
    automation.venues.add(casa_alba.venues.get())

    page = as_alba.get("/casa-alba/outreach/").text

    start = page.index('<p class="sentence">')
    sentence = page[start : page.index("</p>", start)]
    for tag in ('<p class="sentence">', '<span class="slot">', "</span>"):
        sentence = sentence.replace(tag, "")
    assert " ".join(sentence.split()) == (
        "2 days after departure at 10:00, to guests who stayed or had a table at "
        "Hotellet, send Thank you with After your visit by email, "
        "but not later than 3 days after."
    )


# Automations


def test_switching_on_counts_from_now(casa_alba, as_alba):
    automation = make_automation(casa_alba, is_active=False, activated_at=None)

    as_alba.post(path_of("automations", automation) + "switch/", {"to": "on"})

    automation.refresh_from_db()
    assert automation.is_active
    assert timezone.now() - automation.activated_at < timedelta(minutes=1)
    assert Event.objects.filter(action="switched_on").count() == 1


def test_switched_off_it_does_not_send_what_it_had_planned(automation, nora, as_alba):
    make_visit(nora, now=timezone.now())
    message = Message.objects.get()

    as_alba.post(path_of("automations", automation) + "switch/", {"to": "off"})

    page = as_alba.get(path_of("messages", message))
    assert "It will not go" not in page.text
    assert "As things stand it will not go. The automation is switched off." in (
        page.text
    )


def automation_words(automation, **changes):
    values = {
        "name": "After the stay",
        "trigger": "completed",
        "route": "email",
        "delay_days": 1,
        "local_time": "10:00",
        "template": automation.template_id,
        "survey": automation.survey_id,
        "expires_after_hours": 48,
    }
    return values | changes


def test_an_automation_is_changed_and_the_change_is_noted(automation, as_alba):
    answer = as_alba.post(
        path_of("automations", automation),
        automation_words(automation, visit_kinds=["stay"]),
    )

    automation.refresh_from_db()
    assert answer.status_code == 302
    assert (automation.name, automation.visit_kinds) == ("After the stay", ["stay"])
    assert "delay_days" in Event.objects.get(action="amended").fields


def test_who_saves_later_than_somebody_else_overwrites_nothing(automation, as_alba):
    seen = as_alba.get(path_of("automations", automation)).context["form"]["seen"]

    as_alba.post(
        path_of("automations", automation),
        automation_words(automation, name="First", seen=seen.value()),
    )
    page = as_alba.post(
        path_of("automations", automation),
        automation_words(automation, name="Later", seen=seen.value()),
    )

    automation.refresh_from_db()
    assert automation.name == "First"
    assert "Somebody else has changed this meanwhile." in page.text


def test_what_is_about_something_else_now_starts_anew(automation, as_alba):
    before = automation.activated_at

    as_alba.post(
        path_of("automations", automation),
        automation_words(automation, trigger="no_show", route="email,sms"),
    )

    automation.refresh_from_db()
    assert (automation.trigger, automation.channels) == ("no_show", ["email", "sms"])
    assert automation.activated_at > before


def test_what_is_ready_is_switched_on_by_one_button(casa_alba, as_alba):
    page = as_alba.get("/casa-alba/outreach/")
    assert "Happy birthday" in page.text

    for _again in range(2):
        as_alba.post(
            "/casa-alba/outreach/automations/take/", {"key": "birthday", "to": "on"}
        )

    assert casa_alba.automations.get(ready_key="birthday").is_active
    answer = as_alba.post("/casa-alba/outreach/automations/take/", {"key": "lottery"})
    assert answer.status_code == 404


def test_the_past_shows_what_it_would_have_sent(automation, nora, as_alba):
    make_visit(
        nora,
        now=timezone.now() - timedelta(days=3),
        arrival_date=(timezone.now() - timedelta(days=5)).date(),
    )

    page = as_alba.get(path_of("automations", automation) + "backtest/")

    result = page.context["result"]
    assert [row.candidate.guest for row in result.rows] == [nora]
    assert nora.display_name in page.text


def test_the_past_is_over_and_a_year_at_most(automation, as_alba):
    today = timezone.localdate()
    path = path_of("automations", automation) + "backtest/"

    coming = as_alba.get(path, {"first": today, "last": today})
    long = as_alba.get(path, {"first": "2020-01-01", "last": "2022-01-01"})
    never = as_alba.get(path, {"first": "soon", "last": ""})

    assert "Choose days that are over." in coming.text
    assert "Choose a year at most." in long.text
    assert never.status_code == 200


def test_a_new_automation_is_off(automation, as_alba):
    as_alba.post(
        "/casa-alba/outreach/automations/new/",
        automation_words(automation, name="Second"),
    )

    assert not Automation.objects.get(name="Second").is_active


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"local_time": ""}, "Choose a time of day to send at."),
        ({"delay_days": 61}, "Ensure this value is less than or equal to 60."),
        ({"expires_after_hours": 0}, "greater than or equal to 1."),
        ({"survey": ""}, "choose the survey it opens."),
        ({"template": "999999"}, "Select a valid choice."),
        ({"visit_kinds": ["cruise"]}, "Select a valid choice."),
        ({"local_time": "25:00"}, "Enter a valid time."),
    ],
    ids=["no time", "too long", "no patience", "no survey", "not ours", "kind", "25"],
)
def test_a_sentence_that_cannot_be_is_answered_in_words(
    automation, as_alba, changes, sentence
):
    page = as_alba.post(
        path_of("automations", automation), automation_words(automation, **changes)
    )

    assert page.status_code == 200
    assert sentence in page.text
    assert "After the stay" in page.text


def test_another_house_cannot_be_named_in_a_sentence(automation, bar_carla, as_alba):
    theirs = make_automation(bar_carla)

    page = as_alba.post(
        path_of("automations", automation),
        automation_words(automation, template=theirs.template_id),
    )

    assert "Select a valid choice." in page.text


# Words


def typed(template, **changes):
    version = template.versions.order_by("-number").first()
    words = version.contents["en"]
    values = {
        "en-subject": words["subject"],
        "en-heading": words["blocks"][0]["text"],
        "en-text": words["blocks"][1]["text"],
        "en-button": words["blocks"][2]["text"],
    }
    return values | {name.replace("_", "-"): value for name, value in changes.items()}


def test_new_words_are_a_new_version_and_old_ones_stay(automation, alba, as_alba):
    template = automation.template

    as_alba.post(path_of("templates", template), typed(template, en_subject="Takk!"))

    numbers = list(
        template.versions.order_by("number").values_list("number", flat=True)
    )
    assert numbers == [1, 2]
    newest = template.versions.get(number=2)
    assert newest.contents["en"]["subject"] == "Takk!"
    assert newest.created_by == alba


def test_saving_the_words_as_they_are_changes_nothing(automation, as_alba):
    template = automation.template
    page = as_alba.get(path_of("templates", template))

    as_alba.post(path_of("templates", template), page.context["form"].initial)

    assert TemplateVersion.objects.count() == 1


def test_a_mistake_in_the_words_is_named_and_nothing_is_lost(automation, as_alba):
    template = automation.template

    page = as_alba.post(
        path_of("templates", template), typed(template, en_text="Hi {{ guest.nmae }}")
    )

    assert "English: “guest.nmae” is not a field." in page.text
    assert "Hi {{ guest.nmae }}" in page.text
    assert TemplateVersion.objects.count() == 1


def test_the_language_with_the_mistake_stands_open(automation, as_alba):
    template = automation.template
    words = typed(template)
    in_danish = {name.replace("en-", "da-"): text for name, text in words.items()}
    in_danish["da-text"] = "Hej {{ guest.navn }}"

    page = as_alba.post(path_of("templates", template), words | in_danish)

    languages = page.context["form"].languages
    assert [each["code"] for each in languages if each["has_errors"]] == ["da"]


def test_looking_first_shows_the_guest_and_saves_nothing(automation, nora, as_alba):
    make_visit(nora, now=timezone.now())
    template = automation.template
    words = typed(template, en_text="Dear {{ guest.name }}", preview="1")

    page = as_alba.post(path_of("templates", template), words)
    part = as_alba.post(path_of("templates", template) + "preview/", words)

    assert "Dear Nora Østby" in page.text
    assert "Dear Nora Østby" in part.text
    assert "<html" not in part.text
    assert TemplateVersion.objects.count() == 1


def test_the_preview_says_what_is_wrong_while_it_is_typed(automation, as_alba):
    template = automation.template

    part = as_alba.post(
        path_of("templates", template) + "preview/", typed(template, en_text="{{ oh")
    )

    assert part.status_code == 200
    assert "There is a mistake between two curly brackets." in part.text


def test_a_test_goes_to_oneself_with_links_that_lead_nowhere(
    automation, as_alba, smtp_server
):
    answer = as_alba.post(
        path_of("templates", automation.template) + "test/", {"language": "en"}
    )

    mail = smtp_server.messages[0]
    assert said(answer)[-1].startswith("A test is on its way to alba@")
    assert mail.recipients == ["alba@casa-alba.example"]
    assert "/s/" not in mail.parsed.get_body(("html",)).get_content()
    assert Message.objects.count() == 0


def test_a_test_that_does_not_go_says_so(automation, as_alba, settings):
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    answer = as_alba.post(path_of("templates", automation.template) + "test/")

    assert said(answer)[-1].startswith("The mail server did not take the test.")


# Messages


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_many(
    nora, as_alba, count, django_assert_num_queries
):
    for _message in range(count):
        make_message(nora)

    with django_assert_num_queries(9):
        as_alba.get("/casa-alba/outreach/messages/")


def test_the_list_can_be_narrowed(nora, as_alba):
    make_message(nora, status=Status.FAILED, reason="refused")
    make_message(nora)

    page = as_alba.get("/casa-alba/outreach/messages/?state=failed")
    nonsense = as_alba.get("/casa-alba/outreach/messages/?state=zzz&automation=zzz")

    assert [m.status for m in page.context["messages_shown"]] == [Status.FAILED]
    assert "The mail server refused the address or the message." in page.text
    assert len(nonsense.context["messages_shown"]) == 2


def test_a_message_is_shown_with_links_that_lead_nowhere(nora, as_alba):
    message = make_message(
        nora,
        status=Status.ACCEPTED,
        accepted_at=timezone.now(),
        subject="Thank you",
        body_text="See https://links.invalid/survey",
        body_html='<a href="https://links.invalid/survey">x</a><script>x</script>',
    )

    page = as_alba.get(path_of("messages", message))
    letter = as_alba.get(path_of("messages", message) + "letter/")

    assert "See #" in page.text
    assert letter.text.startswith('<a href="#">x</a>')
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = letter.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_an_unconfirmed_message_can_be_sent_again_once(nora, alba, as_alba):
    message = make_message(nora, status=Status.UNCONFIRMED, attempt_count=1)
    page = as_alba.get(path_of("messages", message))

    first = as_alba.post(path_of("messages", message) + "send-again/")
    second = as_alba.post(path_of("messages", message) + "send-again/")

    repeat = Message.objects.get(resend_of=message)
    message.refresh_from_db()
    assert "Send again" in page.text
    assert first.url == path_of("messages", repeat)
    assert said(second)[-1] == "It has been sent again already."
    assert (repeat.status, message.status) == (Status.QUEUED, Status.UNCONFIRMED)
    assert Event.objects.get(action="sent_again").actor == alba
    assert "Send again" not in as_alba.get(path_of("messages", message)).text


@pytest.mark.parametrize("status", [Status.QUEUED, Status.SUPPRESSED])
def test_other_messages_cannot_be_sent_again(nora, as_alba, status):
    message = make_message(nora, status=status)

    answer = as_alba.post(path_of("messages", message) + "send-again/")

    assert said(answer) == ["This message is not one that can be sent again."]
    assert Message.objects.count() == 1


# The guest page


def test_the_guest_page_says_what_they_get_and_why(automation, nora, as_alba):
    make_visit(nora, now=timezone.now())
    sent = make_message(
        nora, status=Status.ACCEPTED, accepted_at=timezone.now(), subject="Hello there"
    )

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")

    assert "What Nora gets, and why" in page.text
    assert "After the next visit." in page.text
    assert f"/casa-alba/outreach/messages/{sent.uuid}/" in page.text
    assert f"/casa-alba/outreach/messages/?guest={nora.uuid}" in page.text


def test_the_guest_page_says_why_not(automation, casa_alba, as_alba):
    olaf = make_guest(casa_alba, "Olaf Berg", given_name="Olaf")

    page = as_alba.get(f"/casa-alba/guests/{olaf.uuid}/")

    start = page.text.index("What Olaf gets, and why")
    assert "No email address is known." in page.text[start:]
