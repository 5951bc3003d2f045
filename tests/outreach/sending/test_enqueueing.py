import pytest

from customers.models import Channel, Guest
from outreach.models import Message
from outreach.sending.enqueueing import enqueue
from tests.factories import NOW, make_guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(casa_alba):
    return Message(
        business=casa_alba,
        channel=Channel.EMAIL,
        kind=Message.Kind.MARKETING,
        language="nb",
        schedule_zone=casa_alba.time_zone,
        send_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def queue(news, occasion="campaign:1"):
    return enqueue(news, guests=Guest.objects.all(), occasion=occasion)


def test_each_guest_gets_one_of_their_own(casa_alba, news):
    nora = make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",), language="en")
    olaf = make_guest(casa_alba, "Olaf Lie", emails=("olaf@post.no",), language="")

    assert queue(news) == 2

    rows = Message.objects.order_by("guest").values_list(
        "guest", "occasion", "language", "status", "send_at", "kind"
    )
    assert list(rows) == [
        (nora.pk, f"campaign:1:guest:{nora.pk}", "en", "queued", NOW, "marketing"),
        (olaf.pk, f"campaign:1:guest:{olaf.pk}", "nb", "queued", NOW, "marketing"),
    ]
    assert Message.objects.values("uuid").distinct().count() == 2


def test_once_for_an_occasion_however_often_asked(casa_alba, news):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    queue(news)
    make_guest(casa_alba, "Olaf Lie", emails=("olaf@post.no",))

    assert (queue(news), queue(news), queue(news, "campaign:2")) == (1, 0, 2)


def test_who_shares_an_address_gets_it_once(casa_alba, news):
    first = make_guest(casa_alba, "Nora Lie", emails=("home@post.no",))
    make_guest(casa_alba, "Olaf Lie", emails=("Home@post.no",))

    assert queue(news) == 1
    assert Message.objects.get().guest == first


def test_guests_of_others_and_those_who_are_forgotten_get_none(
    casa_alba, bar_carla, news
):
    make_guest(bar_carla, "Carl Lie", emails=("carl@post.no",))
    gone = make_guest(casa_alba, "Gone Lie", emails=("gone@post.no",))
    Guest.objects.filter(pk=gone.pk).update(erased_at=NOW)

    assert queue(news) == 0


def test_no_guests_are_no_messages(news):
    assert queue(news) == 0
