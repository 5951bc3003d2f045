from itertools import combinations

import pytest
from django.db.models.expressions import RawSQL

from customers.duplicates.candidates import candidates_of, keep_keys
from customers.duplicates.describing import describe
from customers.duplicates.keys import MOST_SHARING, key_texts
from customers.models import MatchKeys
from tests.customers.duplicates.labelled import Register
from tests.customers.duplicates.test_quality import store
from tests.factories import make_guest


def naive_pairs(guests):
    """Compare everybody with everybody."""
    texts = {guest.pk: set(key_texts(guest)) for guest in guests.values()}
    having = {}
    for key_set in texts.values():
        for text in key_set:
            having[text] = having.get(text, 0) + 1
    telling = {text for text, guests in having.items() if guests <= MOST_SHARING}
    return {
        (one, other)
        for one, other in combinations(sorted(texts), 2)
        if texts[one] & texts[other] & telling
    }


def find(business, ids=None):
    guests = describe(business, ids or business.guests.values_list("pk", flat=True))
    held = keep_keys(business, guests.values())
    return candidates_of(guests, [key for keys in held.values() for key in keys])


@pytest.mark.parametrize("seed", [5, 6])
def test_the_database_finds_just_those_whom_comparing_everybody_finds(casa_alba, seed):
    numbers = store(casa_alba, Register(seed, people=500).rows)

    pairs = find(casa_alba)

    assert pairs == naive_pairs(describe(casa_alba, list(numbers)))
    assert len(pairs) > 100


def test_one_guest_finds_those_of_whom_they_are_a_candidate(casa_alba):
    numbers = store(casa_alba, Register(7, people=300).rows)
    everybody = find(casa_alba)

    one_by_one = {pair for guest in numbers for pair in find(casa_alba, [guest])}

    assert one_by_one == everybody


def test_an_address_of_very_many_is_no_reason_by_itself(casa_alba):
    names = [f"{chr(65 + n % 26)}xi Person" for n in range(MOST_SHARING)]
    for name in names:
        make_guest(casa_alba, name, emails=("post@firm.example",))
    before = find(casa_alba)

    make_guest(casa_alba, "One Too-Many", emails=("post@firm.example",))
    after = find(casa_alba)

    assert len(before) == MOST_SHARING * (MOST_SHARING - 1) / 2
    assert len(after) == sum(
        one[0] == other[0] for one, other in combinations(names, 2)
    )


def test_another_house_has_nothing_to_do_with_it(casa_alba, bar_carla):
    make_guest(casa_alba, "Nora Østby", emails=("nora@example.org",))
    make_guest(bar_carla, "Nora Østby", emails=("nora@example.org",))

    assert find(casa_alba) == set()
    assert find(bar_carla) == set()


def test_keys_are_written_only_when_they_change(casa_alba):
    make_guest(casa_alba, "Nora Østby", emails=("nora@example.org",))
    find(casa_alba)
    place = RawSQL("ctid::text", ())
    before = MatchKeys.objects.annotate(place=place).get().place

    find(casa_alba)

    assert MatchKeys.objects.annotate(place=place).get().place == before
