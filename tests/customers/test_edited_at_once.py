import pytest

from customers.edited_at_once import Clash, put_together

BEGAN = {"city": "Stryn", "source": "web", "emails": ["a"]}


def of(mine, theirs, base=BEGAN):
    result = put_together(base=base, mine=base | mine, theirs=base | theirs)
    return result.values, result.kept, result.clashes


@pytest.mark.parametrize(
    ("mine", "theirs", "values", "kept"),
    [
        ({}, {}, {}, []),
        ({"city": "Loen"}, {}, {"city": "Loen"}, []),
        ({}, {"city": "Loen"}, {"city": "Loen"}, ["city"]),
        ({"city": "Loen"}, {"city": "Loen"}, {"city": "Loen"}, []),
        (
            {"city": "Loen"},
            {"source": "phone"},
            {"city": "Loen", "source": "phone"},
            ["source"],
        ),
        ({"city": ""}, {"source": ""}, {"city": "", "source": ""}, ["source"]),
    ],
)
def test_what_only_one_changed_is_taken(mine, theirs, values, kept):
    assert of(mine, theirs) == (BEGAN | values, kept, [])


def test_what_both_changed_is_asked_about():
    values, kept, clashes = of({"city": "Loen"}, {"city": "Olden"})

    assert (values["city"], kept) == ("Loen", [])
    assert clashes == [Clash("city", "Loen", "Olden")]


def test_what_i_did_not_see_stays():
    result = put_together(base={}, mine={}, theirs={"city": "Olden"})

    assert (result.values, result.kept, result.clashes) == ({"city": "Olden"}, [], [])


def test_what_nobody_remembers_beginning_with_is_taken_as_typed():
    result = put_together(base={}, mine={"city": "Loen"}, theirs={"city": "Olden"})

    assert (result.values, result.clashes) == ({"city": "Loen"}, [])


@pytest.mark.parametrize(
    ("began", "mine", "theirs", "together"),
    [
        ("ab", "abc", "abd", "abdc"),
        ("ab", "a", "abc", "ac"),
        ("ab", "b", "abc", "bc"),
        ("ab", "ab", "b", "b"),
        ("ab", "abc", "b", "bc"),
        ("ab", "ba", "abc", "bac"),
        ("ab", "abc", "ba", "bac"),
        ("a", "", "ab", "b"),
        ("", "ab", "a", "ab"),
        ("ab", "ba", "bca", "bac"),
    ],
)
def test_addresses_are_put_together_one_by_one(began, mine, theirs, together):
    values, _kept, clashes = of(
        {"emails": list(mine)}, {"emails": list(theirs)}, {"emails": list(began)}
    )

    assert (values["emails"], clashes) == (list(together), [])


@pytest.mark.parametrize(
    ("began", "mine", "theirs", "by_my_choice", "by_theirs"),
    [
        ("", "m", "t", "mt", "tm"),
        ("a", "m", "t", "mt", "tm"),
        ("a", "ma", "ta", "mat", "tam"),
        # I made b the one to use, they took it away; and the other way round.
        ("ab", "ba", "a", "ba", "a"),
        ("ab", "a", "ba", "a", "ba"),
    ],
)
def test_two_addresses_to_use_are_asked_about_and_none_is_lost(
    began, mine, theirs, by_my_choice, by_theirs
):
    values, _kept, clashes = of(
        {"emails": list(mine)}, {"emails": list(theirs)}, {"emails": list(began)}
    )

    assert values["emails"] == list(by_my_choice)
    assert clashes == [Clash("emails", list(by_my_choice), list(by_theirs))]
