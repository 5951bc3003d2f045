from datetime import timedelta

import pytest

from crm.audit.events import record_event
from crm.frontdesk.seen import Prints, Seen
from tests.factories import NOW, make_guest


def news(business, now=NOW):
    return Seen.now(business, now)


def test_what_was_seen_can_be_said_and_read(casa_alba):
    make_guest(casa_alba)
    seen = news(casa_alba).with_cards("0123456789")

    assert Seen.read(str(seen)) == seen


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", "1-2", "1-2-xyz", "1-2-0123456789a", "-1-2-0123456789",
     "1-99999999999999999999-0123456789"],
)  # fmt: skip
def test_nonsense_has_seen_nothing(token):
    assert Seen.read(token) is None


def test_nothing_written_down_is_no_news(casa_alba):
    make_guest(casa_alba)

    before, after = news(casa_alba), news(casa_alba, NOW + timedelta(seconds=20))

    assert before.has_no_news_for(after)


def test_what_is_written_down_is_news(casa_alba, nora):
    before = news(casa_alba)

    record_event(
        business=casa_alba, actor=None, action="amended", subject=nora, now=NOW
    )

    assert not before.has_no_news_for(news(casa_alba))


def test_what_another_house_does_is_no_news(casa_alba, bar_carla):
    before = news(casa_alba)

    make_guest(bar_carla)

    assert before.has_no_news_for(news(casa_alba))


def test_once_a_minute_there_may_be_news_that_nobody_wrote_down(casa_alba):
    before = news(casa_alba)

    assert not before.has_no_news_for(news(casa_alba, NOW + timedelta(seconds=60)))


def test_asking_whether_there_is_news_is_one_query(
    casa_alba, nora, django_assert_num_queries
):
    with django_assert_num_queries(1):
        news(casa_alba)


def prints_of(*texts, but=""):
    prints = Prints()
    for text in texts:
        prints.add(text, but=but)
    return prints.together


def test_a_print_tells_words_and_their_order_apart():
    different = {prints_of("a", "b"), prints_of("b", "a"), prints_of("a"), prints_of()}

    assert len(different) == 4


def test_a_print_leaves_out_what_differs_from_look_to_look():
    first = prints_of("<input value=secret1>Nora", but="secret1")
    second = prints_of("<input value=secret2>Nora", but="secret2")

    assert first == second
