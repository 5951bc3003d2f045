import random
from datetime import timedelta

import pytest

from customers.consent import consent_states, record_consent
from customers.guests import GuestFacts, amend_guest
from customers.merging.merging import merge_guests
from customers.merging.undoing import CannotPart, Left, undo_merge
from customers.models import ConsentEvent, Guest, Merge, MergedRow, NextVisit
from customers.profile.tags import give_tag
from customers.visits import depart
from outreach.models import Message
from surveys.responses import submit_response
from tests.customers.merging.dumping import differences, dump
from tests.factories import (
    NOW,
    TODAY,
    make_field,
    make_guest,
    make_invitation,
    make_line,
    make_note,
    make_preference,
    make_promise,
    make_tag,
    make_visit,
)
from tests.full_house import make_full_house

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby", emails=("nora@example.org",))


@pytest.fixture
def old_nora(casa_alba):
    return make_guest(casa_alba, "N Ostby", emails=("old@example.org",))


def merge(kept, gone, **choices):
    return merge_guests(
        Guest.objects.get(pk=kept.pk),
        Guest.objects.get(pk=gone.pk),
        choices=choices,
        actor=None,
        now=LATER,
    )


def undo(one):
    return undo_merge(Merge.objects.get(pk=one.pk), actor=None, now=LATER)


@pytest.mark.parametrize("is_kept", [True, False], ids=["stays", "goes"])
def test_undoing_leaves_all_as_it_was(casa_alba, alba, is_kept):
    house = make_full_house(casa_alba, alba)
    other = make_guest(casa_alba, "Olaf Vik", emails=("olaf@example.org",))
    make_visit(other)
    pair = (house.guest, other) if is_kept else (other, house.guest)
    before = dump()

    done = merge(*pair)
    meanwhile = dump()
    undone = undo(done)

    assert len(differences(before, meanwhile)) > 10
    assert differences(before, dump()) == []
    assert undone.left == []


def crowd(business):
    """Guests who have something of everything that can collide."""
    boat = make_field(business, "Boat")
    sails = make_tag(business)
    shared = ("family@example.org", "40612345")
    guests = []
    for number, name in enumerate(("Ada Berg", "Ada B", "A Berg", "Ada Berge")):
        guest = make_guest(
            business,
            name,
            emails=(f"ada{number}@example.org", shared[0])
            if number % 2
            else shared[:1],
            phones=shared[1:] if number else (),
            member_number=str(number) if number != 1 else "",
            city="Stryn" if number > 1 else "",
            birthday_month=number or None,
            birthday_day=number or None,
            is_vip=number == 3,
            custom={str(boat.uuid): f"Boat {number}"} if number else {},
            company="Berg AS" if number == 2 else "",
            language="en" if number == 1 else "nb",
            now=NOW - timedelta(days=number),
        )
        if number != 2:
            give_tag(guest, sails, actor=None, now=NOW)
        visit = make_visit(guest, arrival_date=TODAY - timedelta(days=5 * number + 3))
        make_visit(guest, booker=guests[-1] if guests else None)
        make_line(visit)
        make_promise(guest, "A cake", visit=visit)
        make_preference(guest)
        make_invitation(visit)
        say(guest, is_granted=number != 2)
        guests.append(guest)
    return guests


def say(guest, *, is_granted, at=NOW):
    return record_consent(
        guest,
        purpose="marketing",
        channel="email",
        is_granted=is_granted,
        source=ConsentEvent.Source.DESK,
        now=at,
    )


@pytest.mark.parametrize("seed", range(12))
def test_any_merges_undone_in_any_order_leave_all_as_it_was(casa_alba, seed):
    rng = random.Random(seed)
    guests = crowd(casa_alba)
    before = dump()

    alive, done = list(guests), []
    for _time in range(rng.randint(1, 3)):
        kept, gone = rng.sample(alive, 2)
        fields = ("name", "email", "phone", "member_number", "address", "birthday")
        chosen = {field: rng.choice(("kept", "gone")) for field in fields}
        done.append(merge(kept, gone, **chosen))
        alive.remove(gone)
    rng.shuffle(done)
    left = [one for merged in done for one in undo(merged).left]

    assert differences(before, dump()) == []
    assert left == []
    assert not MergedRow.objects.exists()


def test_between_two_undoings_the_rest_stays_one(casa_alba, nora, old_nora):
    oldest = make_guest(casa_alba, "Oldest Nora", city="Stryn")
    visits = [make_visit(guest) for guest in (nora, old_nora, oldest)]
    first = merge(old_nora, oldest)
    merge(nora, old_nora)

    undo(first)

    owners = [type(visit).objects.get(pk=visit.pk).guest for visit in visits]
    assert owners == [nora, nora, oldest]
    nora.refresh_from_db()
    assert nora.city == ""
    assert Guest.objects.get(pk=old_nora.pk).merged_into == nora
    assert Guest.objects.get(pk=oldest.pk).merged_into is None


def test_who_was_put_into_one_who_comes_back_stays_with_them(casa_alba, nora, old_nora):
    oldest = make_guest(casa_alba, "Oldest Nora")
    visit = make_visit(oldest)
    merge(old_nora, oldest)
    second = merge(nora, old_nora)

    undo(second)

    visit.refresh_from_db()
    assert visit.guest == old_nora
    assert Guest.objects.get(pk=oldest.pk).merged_into == old_nora


def test_what_came_since_to_a_visit_goes_with_it(nora, old_nora):
    visit = make_visit(old_nora)
    invitation = make_invitation(visit)
    done = merge(nora, old_nora)
    visit.refresh_from_db()
    invitation.refresh_from_db()

    make_line(visit)
    submit_response(invitation, {"recommend": 9}, language="nb", now=LATER)
    promised = make_promise(visit.guest, "A cake", visit=visit)
    undone = undo(done)

    promised.refresh_from_db()
    visit.refresh_from_db()
    invitation.refresh_from_db()
    assert [visit.guest, invitation.guest, promised.guest] == [old_nora] * 3
    assert undone.left == []


def test_what_is_planned_about_a_visit_since_goes_with_it(
    casa_alba, nora, old_nora, alba
):
    house = make_full_house(casa_alba, alba)
    casa_alba.automations.update(is_active=True, activated_at=NOW)
    visit = make_visit(
        old_nora, state="in_house", arrival_date=TODAY - timedelta(days=1), nights=1
    )
    done = merge(nora, old_nora)

    depart(visit, actor=None, now=LATER)
    planned = Message.objects.get(visit=visit)
    undo(done)

    assert house.guest != nora
    assert planned.guest == nora
    assert Message.objects.get(visit=visit).guest == old_nora


def test_a_booking_that_was_made_at_departure_goes_with_the_visit(nora, old_nora):
    visit = make_visit(old_nora)
    done = merge(nora, old_nora)
    nora.refresh_from_db()
    again = make_visit(nora, state="booked", arrival_date=TODAY + timedelta(days=30))
    NextVisit.objects.create(
        business=visit.business,
        visit=visit,
        answer=NextVisit.Answer.REBOOKED,
        rebooked_visit=again,
        asked_at=LATER,
    )

    undone = undo(done)

    again.refresh_from_db()
    assert again.guest == old_nora
    assert undone.left == []


def test_a_change_whose_owner_nothing_shows_stays_and_is_listed(nora, old_nora):
    done = merge(nora, old_nora, name="gone")
    nora.refresh_from_db()
    amend_guest(
        nora,
        facts=GuestFacts(display_name="Nora Berg", emails=("nora@example.org",)),
        actor=None,
        now=LATER,
    )
    note, visit = make_note(nora), make_visit(nora)

    undone = undo(done)

    nora.refresh_from_db()
    left = [one for one in undone.left if one.model != "customers.factcheck"]
    assert left == [
        Left(field="name"),
        Left(model="customers.visit", count=1),
        Left(model="customers.note", count=1),
    ]
    assert nora.display_name == "Nora Berg"
    assert (note.guest, visit.guest) == (nora, nora)
    assert Guest.objects.get(pk=old_nora.pk).display_name == "N Ostby"


def test_what_whoever_stands_above_had_before_is_not_listed(casa_alba, nora, old_nora):
    oldest = make_guest(casa_alba, "Oldest Nora")
    first = merge(old_nora, oldest)
    make_note(nora)
    merge(nora, old_nora)
    nora.refresh_from_db()
    make_note(nora, "After all")

    undone = undo(first)

    assert undone.left == [Left(model="customers.note", count=1)]


def test_a_no_that_was_said_meanwhile_holds_for_both(nora, old_nora):
    say(old_nora, is_granted=True)
    done = merge(nora, old_nora)
    nora.refresh_from_db()
    say(nora, is_granted=False, at=LATER)

    undo(done)

    states = consent_states([nora.pk, old_nora.pk])
    assert [
        states[guest.pk, "marketing", "email"].is_granted for guest in (nora, old_nora)
    ] == [False, False]


def test_an_address_that_was_made_the_first_meanwhile_breaks_nothing(casa_alba, nora):
    twin = make_guest(
        casa_alba, "Nora O", emails=("nora@example.org", "second@example.org")
    )
    done = merge(nora, twin)
    nora.refresh_from_db()
    amend_guest(
        nora,
        facts=GuestFacts(
            display_name="Nora Østby",
            given_name="Nora",
            family_name="Østby",
            language="nb",
            emails=("second@example.org", "nora@example.org"),
        ),
        actor=None,
        now=LATER,
    )

    undo(done)

    points = twin.contact_points.order_by("pk")
    assert list(points.values_list("normalized", "is_primary")) == [
        ("nora@example.org", True),
        ("second@example.org", False),
    ]


def test_undoing_twice_is_refused(nora, old_nora):
    done = merge(nora, old_nora)
    undo(done)

    with pytest.raises(CannotPart, match="undone already"):
        undo(done)


def test_they_can_be_made_one_again(nora, old_nora):
    undo(merge(nora, old_nora))

    merge(old_nora, nora)

    assert Guest.objects.get(pk=nora.pk).merged_into == old_nora


def test_what_waits_for_both_is_sent_once_and_to_each_again_afterwards(
    casa_alba, nora, old_nora, alba
):
    make_full_house(casa_alba, alba)
    casa_alba.automations.update(is_active=True, activated_at=NOW - timedelta(days=1))
    visits = [make_visit(guest, now=NOW) for guest in (nora, old_nora)]
    waiting = Message.objects.filter(visit__in=visits).order_by("pk")

    done = merge(nora, old_nora)
    meanwhile = sorted(waiting.values_list("status", "reason"))
    undo(done)

    assert meanwhile == [("cancelled", "double"), ("queued", "")]
    assert list(waiting.values_list("status", "guest")) == [
        ("queued", nora.pk),
        ("queued", old_nora.pk),
    ]
