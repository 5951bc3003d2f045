from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from crm.core.addresses import InvalidEmail
from crm.core.signing import address_hash
from customers.models import Suppression
from customers.privacy.erasure import erase_guest
from customers.suppressions import suppress
from outreach.letters.queueing import Words, let_go_of_letters, write_letter
from outreach.models import Message
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.writing.layout import Block
from outreach.writing.links import with_links
from tests.factories import make_guest

Status = Message.Status
ROW = UUID("11111111-2222-4333-8444-555555555555")


def words(**links):
    blocks = [Block("text", "Please say that it is you."), *buttons(links)]
    return Words(
        subject="Is it you?",
        preview="One tap",
        blocks=blocks,
        why="Somebody gave us this address.",
        links=links,
    )


def buttons(links):
    return [Block("button", "It is me", name) for name in links]


def write(business, occasion="sign_up:1", to="nora@post.no", guest=None, **options):
    return write_letter(
        options.pop("words", None) or words(),
        business=business,
        occasion=occasion,
        to=to,
        language="en",
        now=options.pop("now", timezone.now()),
        guest=guest,
    )


def send(**options):
    return send_due(lane=Lane.CRITICAL, owner="test", **options)


def state_of(message):
    message.refresh_from_db()
    return message.status, message.reason


def test_a_letter_goes_to_an_address_that_is_no_guests(casa_alba, smtp_server):
    message = write(casa_alba)

    assert send() == 1
    assert state_of(message) == (Status.ACCEPTED, "")
    (mail,) = smtp_server.messages
    assert mail.recipients == ["nora@post.no"]


def test_it_goes_at_any_hour(casa_alba, smtp_server):
    now = timezone.now()
    # Where it is two or three in the night, whenever this runs.
    ahead = (2 - now.hour + 11) % 24 - 11
    casa_alba.time_zone = f"Etc/GMT{-ahead:+d}"
    casa_alba.save(update_fields=["time_zone"])

    write(casa_alba, now=now)

    assert send(now=now) == 1


def test_the_same_occasion_gets_one_letter(casa_alba):
    first = write(casa_alba)

    assert write(casa_alba, now=first.created_at + timedelta(minutes=1)) is None
    assert Message.objects.count() == 1


def test_what_is_stored_opens_nothing_and_names_no_preferences(casa_alba):
    message = write(casa_alba)

    assert "/p/" not in message.body_text
    assert "Choose what we send you" not in message.body_text
    assert "Somebody gave us this address." in message.body_text
    assert with_links(message.body_html, {}) == message.body_html


def test_a_letter_to_a_guest_shows_where_to_choose(casa_alba):
    message = write(casa_alba, guest=make_guest(casa_alba))

    assert "Choose what we send you" in message.body_text


def test_it_goes_to_the_address_on_it_and_not_to_the_guests(casa_alba, smtp_server):
    nora = make_guest(casa_alba, emails=("new@post.no",))
    write(casa_alba, to="old@post.no", guest=nora)

    send()

    assert [mail.recipients for mail in smtp_server.messages] == [["old@post.no"]]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Suppression.Reason.UNSUBSCRIBED, Status.ACCEPTED),
        (Suppression.Reason.ERASED, Status.ACCEPTED),
        (Suppression.Reason.BOUNCED, Status.SUPPRESSED),
        (Suppression.Reason.COMPLAINED, Status.SUPPRESSED),
        (Suppression.Reason.MANUAL, Status.SUPPRESSED),
    ],
)
def test_who_asks_for_it_gets_it_unless_the_address_is_no_good(
    casa_alba, smtp_server, reason, status
):
    suppress(
        business=casa_alba,
        channel="email",
        fingerprint=address_hash("email", "nora@post.no"),
        scope=Suppression.Scope.ALL,
        reason=reason,
        now=timezone.now(),
    )
    message = write(casa_alba)

    send()

    assert state_of(message)[0] == status


def test_a_day_later_it_does_not_go_any_more(casa_alba, smtp_server):
    message = write(casa_alba)

    send(now=message.created_at + timedelta(hours=25))

    assert state_of(message) == (Status.EXPIRED, "expired")


def test_an_address_that_cannot_be_one_is_refused(casa_alba):
    with pytest.raises(InvalidEmail):
        write(casa_alba, to="nora at home")


def test_the_guest_is_forgotten_and_the_letter_with_them(casa_alba, alba):
    nora = make_guest(casa_alba)
    message = write(casa_alba, guest=nora)

    erase_guest(nora, actor=alba, now=timezone.now())

    assert state_of(message) == (Status.CANCELLED, "erased")
    assert (message.to_address, message.body_html) == ("", "")


def test_nobody_can_send_a_letter_again_by_hand(casa_alba):
    message = write(casa_alba)
    message.status = Status.FAILED

    assert message.may_send_again is False


def test_the_words_to_a_stranger_go_after_a_week(casa_alba, smtp_server):
    old = write(casa_alba)
    to_guest = write(casa_alba, occasion="to guest", guest=make_guest(casa_alba))
    send()

    assert let_go_of_letters(now=timezone.now() + timedelta(days=6)) == 0
    assert let_go_of_letters(now=timezone.now() + timedelta(days=8)) == 1
    old.refresh_from_db()
    to_guest.refresh_from_db()
    kept = (old.to_address, old.to_hash, old.subject, old.body_text, old.letter_links)
    assert kept == ("", None, "", "", {})
    assert to_guest.to_address == "nora@post.no"


def test_the_pages_say_that_it_is_to_no_guest(as_alba, casa_alba):
    message = write(casa_alba)

    rows = as_alba.get(f"/{casa_alba.slug}/outreach/messages/")
    page = as_alba.get(f"/{casa_alba.slug}/outreach/messages/{message.uuid}/")

    assert "Somebody who is not a guest yet" in rows.content.decode()
    assert "To somebody who is not a guest yet" in page.content.decode()
