from datetime import timedelta

import pytest

from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.models import Message
from outreach.outbox.asking import AskedMessages
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_automation, make_message

Status = Message.Status


@pytest.fixture
def nora(casa_alba):
    give_installation_accounts(now=NOW - timedelta(days=30))
    return make_guest(casa_alba, emails=("nora@post.no",))


@pytest.fixture
def olaf(casa_alba):
    return make_guest(casa_alba, "Olaf Berg", emails=("olaf@post.no",))


def asked(business, **words):
    return AskedMessages.of(business, words)


def found(business, **words):
    return asked(business, **words).page("").messages


def test_what_goes_last_stands_first_whatever_its_state(nora):
    early = make_message(nora, now=NOW, status=Status.ACCEPTED, accepted_at=NOW)
    late = make_message(nora, now=NOW + timedelta(days=1))
    between = make_message(nora, now=NOW + timedelta(hours=1), status=Status.FAILED)

    assert found(nora.business) == [late, between, early]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"state": "failed"}, {"status": Status.FAILED}),
        ({"channel": "sms"}, {"channel": "sms"}),
        ({"kind": "critical"}, {"kind": "critical"}),
        ({"fate": "bounced"}, {"delivery": "bounced"}),
        ({"fate": "complained"}, {"complained_at": NOW, "delivery": "delivered"}),
    ],
    ids=["state", "channel", "kind", "fate", "complaint"],
)
def test_it_can_be_narrowed(nora, words, fields):
    wanted = make_message(nora, **fields)
    make_message(nora)

    assert found(nora.business, **words) == [wanted]


def test_it_can_be_narrowed_to_an_automation_and_an_account(nora):
    automation = make_automation(nora.business)
    account = account_in_use(nora.business, "email")
    by_rule = make_message(nora, automation=automation)
    through = make_message(nora, account=account)

    assert found(nora.business, automation=str(automation.uuid)) == [by_rule]
    assert found(nora.business, account=str(account.uuid)) == [through]


def test_days_are_the_houses_own_and_included(nora):
    # Half past midnight in Oslo is the evening before in UTC.
    first = make_message(nora, now=NOW.replace(hour=23, minute=30, day=21))
    make_message(nora, now=NOW.replace(hour=22, minute=30, day=21))
    last = make_message(nora, now=NOW.replace(hour=22, minute=30))
    make_message(nora, now=NOW.replace(hour=23, minute=30))

    assert found(nora.business, first="2026-11-22", last="2026-11-22") == [last, first]


@pytest.mark.parametrize("typed", ["nor", "ostby", "nora@post", "Nora Ostby"])
def test_a_guest_is_found_by_any_bit(nora, olaf, typed):
    wanted = make_message(nora)
    make_message(olaf)

    assert found(nora.business, q=typed) == [wanted]


def test_a_whole_address_also_finds_what_went_to_somebody_forgotten(nora, olaf):
    wanted = make_message(nora)
    make_message(olaf)
    Message.objects.filter(pk=wanted.pk).update(guest=None, to_address="")

    assert found(nora.business, q=" Nora@Post.no ") == [wanted]


def test_one_guest_is_asked_by_a_link(nora, olaf):
    wanted = make_message(nora)
    make_message(olaf)

    question = asked(nora.business, guest=str(nora.uuid), state="queued")

    assert question.page("").messages == [wanted]
    assert question.address() == (
        f"/casa-alba/outreach/messages/?state=queued&guest={nora.uuid}"
    )


def test_another_house_is_never_found(nora, bar_carla):
    theirs = make_guest(bar_carla, "Nora Lie", emails=("nora@post.no",))
    make_message(theirs)

    for words in (
        {},
        {"q": "nora"},
        {"q": "nora@post.no"},
        {"guest": str(theirs.uuid)},
    ):
        assert found(nora.business, **words) == []


def test_what_cannot_be_read_is_said_and_left_out(nora):
    make_message(nora)

    question = asked(
        nora.business, first="soon", automation="zzz", state="x", guest="y"
    )

    assert question.words == {}
    assert sorted(question.form.errors) == ["automation", "first", "state"]
    assert len(question.page("").messages) == 1


def test_pages_follow_each_other_without_a_gap_or_a_double(nora):
    same_moment = [make_message(nora) for _message in range(4)]
    earlier = make_message(nora, now=NOW - timedelta(days=1), status=Status.EXPIRED)

    question, place, pages = asked(nora.business), "", []
    while not pages or place:
        stretch = question.page(place, size=2)
        pages.append(stretch.messages)
        place = stretch.next_place

    assert pages == [
        [same_moment[3], same_moment[2]],
        [same_moment[1], same_moment[0]],
        [earlier],
    ]


@pytest.mark.parametrize("place", ["zzz", "9" * 17 + "-1", "1-2-3"])
def test_a_place_that_cannot_be_read_is_the_start(nora, place):
    message = make_message(nora)

    assert asked(nora.business).page(place).messages == [message]


def test_words_of_messages_are_not_read_for_the_list(nora):
    make_message(nora, body_html="<p>long</p>")

    (message,) = found(nora.business)

    assert "body_html" in message.get_deferred_fields()


def test_the_page_keeps_what_was_asked_while_paging(nora, as_alba):
    for _message in range(51):
        make_message(nora, status=Status.FAILED, reason="refused")

    first = as_alba.get("/casa-alba/outreach/messages/?state=failed&q=nora")
    second = as_alba.get(first.context["next_url"])

    assert len(first.context["messages_shown"]) == 50
    assert len(second.context["messages_shown"]) == 1
    assert second.context["asked"].words == {"q": "nora", "state": "failed"}
