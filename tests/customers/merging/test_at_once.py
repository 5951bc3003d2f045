"""Two people, or a guest and a person, act on the same guests at the same moment."""

import threading
from itertools import pairwise

import pytest
from django.db import connections

from customers.holding import GuestIsForgotten
from customers.merging.merging import merge_guests
from customers.merging.undoing import undo_merge
from customers.models import Guest, GuestSummary, Merge
from customers.privacy.erasure import erase_guest
from customers.visits import arrive, depart
from outreach.preferences.unsubscribing import stop_everything
from tests.factories import NOW, TODAY, make_guest, make_visit

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Do all at the same moment; return what each answered or raised."""
    start = threading.Barrier(len(acts))
    answers = [None] * len(acts)

    def run(place, act):
        try:
            start.wait(timeout=10)
            answers[place] = act()
        except Exception as problem:
            answers[place] = problem
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=[place, act])
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def merging(kept, gone):
    return lambda: merge_guests(kept, gone, actor=None, now=NOW)


def names_of(answers):
    return sorted(type(answer).__name__ for answer in answers)


def test_two_who_make_the_same_two_one_make_it_once(casa_alba):
    nora, old = make_guest(casa_alba), make_guest(casa_alba, "N Ostby")
    make_visit(old)

    answers = at_once(merging(nora, old), merging(old, nora), merging(nora, old))

    assert names_of(answers) == ["GuestIsForgotten", "GuestIsForgotten", "Merge"]
    assert Merge.objects.count() == 1
    assert Guest.objects.known().count() == 1


def test_a_guest_goes_into_one_other_only(casa_alba):
    old = make_guest(casa_alba, "N Ostby")
    others = [make_guest(casa_alba, f"Nora {n}") for n in range(3)]

    answers = at_once(*(merging(other, old) for other in others))

    assert names_of(answers) == ["GuestIsForgotten", "GuestIsForgotten", "Merge"]


def test_a_chain_that_is_made_at_once_is_whole(casa_alba):
    guests = [make_guest(casa_alba, f"Nora {n}") for n in range(5)]
    for guest in guests:
        make_visit(guest)

    answers = at_once(*(merging(kept, gone) for gone, kept in pairwise(guests)))

    made = sum(isinstance(answer, Merge) for answer in answers)
    refused = sum(isinstance(answer, GuestIsForgotten) for answer in answers)
    assert made + refused == 4
    assert Guest.objects.known().count() == 5 - made
    assert not Guest.objects.filter(merged_into__merged_into__isnull=False).exists()
    alive = GuestSummary.objects.filter(guest__merged_into=None)
    assert sum(alive.values_list("visits", flat=True)) == 5


def test_two_who_undo_it_undo_it_once(casa_alba):
    nora, old = make_guest(casa_alba), make_guest(casa_alba, "N Ostby")
    merge = merge_guests(nora, old, actor=None, now=NOW)

    answers = at_once(
        *[lambda: undo_merge(merge, actor=None, now=NOW) for _person in range(3)]
    )

    assert names_of(answers) == ["CannotPart", "CannotPart", "Undone"]
    assert Guest.objects.known().count() == 2


def test_a_visit_that_ends_meanwhile_counts_for_who_stays(casa_alba):
    nora, old = make_guest(casa_alba), make_guest(casa_alba, "N Ostby")
    visits = [
        make_visit(guest, state="booked", arrival_date=TODAY, spend=100)
        for guest in (nora, old, old)
    ]

    def leave(visit):
        return lambda: (
            arrive(visit, actor=None, now=NOW),
            depart(visit, actor=None, now=NOW),
        )

    answers = at_once(merging(nora, old), *map(leave, visits))

    assert names_of(answers) == ["Merge", "tuple", "tuple", "tuple"]
    summary = GuestSummary.objects.get(guest=nora)
    assert (summary.visits, summary.spend) == (3, 300)


def test_a_no_that_comes_meanwhile_is_heard(casa_alba):
    nora, old = make_guest(casa_alba), make_guest(casa_alba, "N Ostby")

    answers = at_once(merging(nora, old), lambda: stop_everything(old, now=NOW))

    assert names_of(answers) == ["Merge", "NoneType"]
    said = nora.consent_events.values_list("purpose", "channel").distinct()
    assert said.count() == nora.consent_events.filter(is_granted=False).count() == 6


def test_forgetting_waits_for_who_takes_a_merge_back(casa_alba):
    for number in range(3):
        old = make_guest(casa_alba, f"N{number} Ostby")
        nora = make_guest(casa_alba, f"Nora{number} Østby")
        merge = merge_guests(nora, old, actor=None, now=NOW)

        answers = at_once(
            lambda merge=merge: undo_merge(merge, actor=None, now=NOW),
            lambda nora=nora: erase_guest(nora, actor=None, now=NOW),
        )

        nora.refresh_from_db()
        assert nora.is_erased
        assert names_of(answers) in (
            ["GuestIsForgotten", "NoneType"], ["NoneType", "Undone"],
        )  # fmt: skip
