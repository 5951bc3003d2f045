"""Search against the same question answered slowly, for names and typing errors made up."""

from datetime import timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import one_spelling, plain_words, written_out
from customers.models import Visit
from customers.searching import misspellings
from customers.searching import ranking as search_ranking
from customers.searching.conditions import Fit
from customers.searching.search import guests_who_match, search_guests
from tests.factories import TODAY, make_guest, make_visit

GIVEN = """Nora Øystein Oystein Åse Aase Sæther Håkon Jørgen Jörgen Joergen Michael Noël
    Anne-Lise Annelise Máret Zoë Łukasz Bjørnstjerne Ranveig Ragnhild Kari Kåre Éamon
    李娜 Ελένη ليلى O"""
FAMILY = """Østby Ostby Öberg Åkesson Sæther Saether Säther Müller Mueller Muller Hansen
    Hanssen Johansen Jansson O'Connor Featherstone-Hughes Kristoffersen Christoffersen
    Løvenskiold Bø Li Aas Ås Weiß Dąbrowska Þórðardóttir Rønningen Berg Bergström"""
FIRMS = ("", "", "", "Nordvind AS", "Kåre & Sønner", "Østby Møbel")
DIGITS = "0123456789"


def make_register(business, seed, size=60):
    """Return guests with what an oracle needs to know of them."""
    rng, known = Random(seed), []
    for number in range(size):
        given, family = rng.choice(GIVEN.split()), rng.choice(FAMILY.split())
        phone = f"+47 4{rng.randrange(10**7):07}" if rng.random() < 0.7 else ""
        email = f"g{number}.{plain_words(family).split()[0]}@epost.example"
        facts = {
            "emails": (email,) if email.isascii() and rng.random() < 0.8 else (),
            "phones": (phone,) if phone else (),
            "company": rng.choice(FIRMS),
            "member_number": f"M-{1000 + number}" if rng.random() < 0.3 else "",
            "given_name": given,
            "family_name": family,
        }
        guest = make_guest(business, f"{given} {family}", **facts)
        came = rng.choice((None, None, *range(1, 40)))
        if came:
            make_visit(guest, arrival_date=TODAY - timedelta(days=came), nights=0)
        elif rng.random() < 0.1:
            make_visit(guest, arrival_date=TODAY, state=Visit.State.IN_HOUSE)
            came = 0
        known.append((guest, facts, came))
    return known


def folded(text):
    return one_spelling(plain_words(text))


def codes_of(facts):
    codes = [folded(email) for email in facts["emails"]]
    for phone in facts["phones"]:
        digits = phone.replace(" ", "").lstrip("+")
        codes += [digits, digits[2:]]
    if number := facts["member_number"]:
        codes += [folded(number), folded(number).replace(" ", "")]
    return codes


def words_known_of(facts):
    names = f"{facts['given_name']} {facts['family_name']} {facts['company']}"
    words = folded(names).split()
    for name in names.split():
        words += written_out(plain_words(name)).split()
        if "-" in name:
            words.append(folded(name).replace(" ", ""))
    return [*words, *" ".join(codes_of(facts)).split()]


def fit_slowly(facts, whole, words, *, is_code):
    names = [
        folded(f"{facts['given_name']} {facts['family_name']}"),
        folded(f"{facts['family_name']} {facts['given_name']}"),
    ]
    known = words_known_of(facts)
    line = "|".join([*names, folded(facts["company"]), *codes_of(facts), *known])
    begins = all(any(other.startswith(word) for other in known) for word in words)
    ends = all(
        word.isdigit() and any(code.endswith(word) for code in codes_of(facts))
        for word in words
    )
    inside = all(
        word in line
        if len(word) > 2 or not word.isascii()
        else any(w.startswith(word) for w in known)
        for word in words
    )
    if not inside:
        return None
    if whole in names or (is_code and whole in codes_of(facts)):
        return Fit.EXACT
    if any(name.startswith(whole) for name in names):
        return Fit.PREFIX
    return Fit.WORDS if begins or ends else Fit.INSIDE


def found_slowly(known, typed):
    whole = folded(typed)
    is_code = "@" in typed or any(sign in DIGITS for sign in typed)
    ranked = []
    for guest, facts, came in known:
        fit = fit_slowly(facts, whole, whole.split(), is_code=is_code)
        if fit is not None:
            ago = 10**6 if came is None else came
            ranked.append((fit, ago, -guest.pk, guest.display_name))
    return [name for _fit, _ago, _pk, name in sorted(ranked)]


def pieces_of(known, rng):
    """Give what people type: beginnings, insides, whole names, numbers, other accents."""
    for _turn in range(60):
        _guest, facts, _came = rng.choice(known)
        name = f"{facts['given_name']} {facts['family_name']}"
        word = rng.choice(name.split())
        start = rng.randrange(len(word))
        texts = [
            word[: rng.randrange(1, len(word) + 1)],
            word[start : start + 3],
            name,
            f"{facts['family_name']} {facts['given_name'][:2]}",
            folded(name),
            name.upper(),
            facts["company"] or "n",
            *(email.partition("@")[0] for email in facts["emails"]),
            *facts["emails"],
            *(phone[-4:] for phone in facts["phones"]),
            *(phone[4:] for phone in facts["phones"]),
            facts["member_number"] or "m",
        ]
        yield rng.choice(texts)


@pytest.fixture(
    params=[
        (2_000, 3, 64_000, 6_000),
        (3, 0, 9, 6_000),
        (3, 99, 9, 6_000),
        (3, 2, 30, 6_000),
        (12, 3, 25, 2),
        (1, 99, 2, 1),
    ],
    ids=["small", "by letters", "by names", "further", "crowded", "hopeless"],
)
def ways(request, monkeypatch):
    """Lead the search down every way that a large house would take."""
    lately, worth, further, most = request.param
    monkeypatch.setattr(search_ranking, "LATELY", lately)
    monkeypatch.setattr(search_ranking, "FURTHER", further)
    monkeypatch.setattr(search_ranking, "WORTH", worth)
    monkeypatch.setattr(search_ranking, "MOST_LOOKED_UP", most)
    monkeypatch.setattr(search_ranking, "FEW_FOUND", 0)


def test_search_finds_and_ranks_as_looking_at_everybody_would(casa_alba, ways):
    known = make_register(casa_alba, 1)
    rng = Random(1)

    for typed in pieces_of(known, rng):
        expected = found_slowly(known, typed)
        for most in (5, 200):
            found = search_guests(casa_alba, typed, most=most)
            assert (typed, [guest.display_name for guest in found]) == (
                typed,
                expected[:most],
            )
        matching = guests_who_match(casa_alba, typed)
        assert sorted(guest.display_name for guest in matching) == sorted(expected)


def one_edit(word, rng):
    place = rng.randrange(len(word))
    letter = rng.choice("aeiknorst")
    swapped = max(place, 1)
    return rng.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[: swapped - 1]
            + word[swapped]
            + word[swapped - 1]
            + word[swapped + 1 :],
        ]
    )


@cache
def edits_slowly(one, other):
    if not one or not other:
        return len(one) + len(other)
    ways = [
        edits_slowly(one[1:], other) + 1,
        edits_slowly(one, other[1:]) + 1,
        edits_slowly(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and one[:2] == other[1::-1]:
        ways.append(edits_slowly(one[2:], other[2:]) + 1)
    return min(ways)


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_edits_are_counted_as_slowly(one, other):
    beginnings = [other[:length] for length in range(len(other) + 1)]
    meant = beginnings if len(one) >= misspellings.SHORTEST_BEGINNING else [other]

    expected = min(edits_slowly(one, beginning) for beginning in meant)

    assert misspellings.edits_between(one, other) == expected


@pytest.mark.parametrize("is_large", [False, True])
def test_a_typing_error_still_finds_whom_it_was_meant_for(
    casa_alba, monkeypatch, is_large
):
    if is_large:
        monkeypatch.setattr(search_ranking, "LATELY", 3)
        monkeypatch.setattr(search_ranking, "FURTHER", 6)
    known = make_register(casa_alba, 3)
    rng = Random(3)

    for _turn in range(150):
        _guest, facts, _came = rng.choice(known)
        name = f"{facts['given_name']} {facts['family_name']}"
        long_words = [w for w in folded(name).split() if len(w) > 4 and w.islower()]
        if not long_words:
            continue
        word = rng.choice(long_words)
        typed = one_edit(word, rng)
        if len(word) > 9 and rng.random() < 0.5:
            typed = one_edit(typed, rng)

        found = [guest.display_name for guest in search_guests(casa_alba, typed)]

        as_typed = found_slowly(known, typed)
        assert found[: len(as_typed)] == as_typed
        allowed = 2 if len(typed) >= misspellings.LONG else 1
        if (
            len(as_typed) < search_ranking.FEW_FOUND
            and len(typed) >= misspellings.SHORTEST
            and edits_slowly(typed, word) <= allowed
        ):
            assert (word, typed, name in found) == (word, typed, True)
