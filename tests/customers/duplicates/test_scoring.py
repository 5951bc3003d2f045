import pytest

from customers.duplicates.bands import Band, Thresholds
from customers.duplicates.describing import Described, names_of
from customers.duplicates.features import features_of
from customers.duplicates.finding import compare
from customers.duplicates.keys import key_texts, keys_of
from customers.duplicates.nicknames import is_said_for
from customers.duplicates.reasons import WORDS, in_words
from customers.duplicates.scoring import FEW_NAMESAKES, WEIGHTS, score_of

NORA = {
    "given": ("nora",),
    "family": ("ostby",),
    "emails": frozenset({"nora@example.org"}),
    "phones": frozenset({"+4740612345"}),
    "birthday": (5, 14),
    "street": "strandgata 1",
    "postal_code": "6783",
    "city": "stryn",
}


def described(**changes):
    return Described(pk=1, **(NORA | changes))


def codes(one, other, **counts):
    return set(features_of(one, other, counts))


def score(other, one=None, **counts):
    return compare(one or described(), other, counts, total=500).score


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "given_same"),
        ({"given": ("nora", "marie")}, "given_longer"),
        ({"given": ("nroa",)}, "given_near"),
        ({"given": ("n",)}, "given_initial"),
        ({"given": ("marie", "nora")}, "given_partly"),
        ({"given": ("ola",)}, "given_differs"),
        ({"family": ("ostby", "berg")}, "family_partly"),
        ({"family": ("ostbi",)}, "family_near"),
        ({"family": ("hansen",)}, "family_differs"),
        ({"given": ("ostby",), "family": ("nora",)}, "names_swapped"),
        ({"given": ("ostby",), "family": ("nra",)}, "names_swapped_nearly"),
        ({"emails": frozenset({"nroa@example.org"})}, "email_near"),
        ({"emails": frozenset({"other@example.org"})}, "email_differs"),
        ({"phones": frozenset({"+4740612346"})}, "phone_near"),
        ({"phones": frozenset({"+4799999999"})}, "phone_differs"),
        ({"birthday": (14, 5)}, "birthday_turned"),
        ({"birthday": (5, 15)}, "birthday_differs"),
        ({"street": "strandgaten 1"}, "address_same"),
        ({"street": "strandgata 11"}, "address_differs"),
        ({"street": ""}, "postal_code_same"),
        ({"street": "", "postal_code": ""}, "town_same"),
        ({"street": "", "postal_code": "", "city": "oslo"}, "town_differs"),
        ({"generation": "jr"}, "generation_differs"),
    ],
)
def test_what_is_alike_has_a_code(changes, code):
    assert code in codes(described(), described(**changes))


def test_short_forms_are_one_name():
    lisbeth, elisabeth = described(given=("lisbeth",)), described(given=("elisabeth",))

    assert "given_nickname" in codes(lisbeth, elisabeth)
    assert is_said_for("bill", "william")
    assert not is_said_for("nora", "ola")


def test_two_names_a_letter_apart_are_two_names_once_both_are_usual():
    jan, jon = described(given=("marit",)), described(given=("marut",))

    assert "given_near" in codes(jan, jon, marit=40, marut=1)
    assert "given_other_name" in codes(jan, jon, marit=40, marut=7)


def test_an_address_of_many_says_less():
    alone = {"phones": frozenset(), "birthday": None, "street": ""}
    one, other = described(**alone), described(**alone)

    assert "email_of_many" in codes(one, other, **{"nora@example.org": 5})
    assert score(other, one) == 89
    assert score(other, one, **{"nora@example.org": 5}) == 78


@pytest.mark.parametrize(
    ("changes", "band"),
    [
        ({}, Band.CERTAIN),
        ({"given": ("ostby",), "family": ("nora",)}, Band.CERTAIN),
        ({"street": "bakken 9", "postal_code": "0150", "city": "oslo"}, Band.CERTAIN),
        # A father and a son, a couple, a brother and a sister: all else in common.
        ({"generation": "jr"}, Band.REVIEW),
        ({"given": ("ola",), "birthday": None}, Band.NO),
        ({"given": ("ola",), "birthday": (1, 2)}, Band.NO),
        ({"birthday": (1, 2)}, Band.REVIEW),
        # A name and a phone, which families share.
        (
            {"emails": frozenset(), "birthday": None, "street": "", "postal_code": ""},
            Band.REVIEW,
        ),
        ({"given": ("n",)}, Band.REVIEW),
        # Somebody wrote down that the two live together.
        ({"household": 1}, Band.NO),
    ],
)
def test_worked_examples_fall_into_their_band(changes, band):
    one = described(household=1) if "household" in changes else described()

    assert Thresholds().band_of(score(described(**changes), one)) is band


def test_a_name_that_many_have_says_little_by_itself():
    alone = {
        "emails": frozenset(),
        "phones": frozenset(),
        "birthday": None,
        "street": "",
    }
    one, other = described(**alone), described(**alone)

    assert score(other, one, nora=1, ostby=1) >= 60
    assert score(other, one, nora=90, ostby=80) < 50


def test_scores_stay_between_nothing_and_everything():
    assert score_of(WEIGHTS) == 0
    assert score_of([code for code in WEIGHTS if WEIGHTS[code] > 0]) <= 100


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["phone_same", "town_same", "email_differs"], 82),
        (["email_same"], 89),
        (["email_same", "phone_same"], 100),
        (["email_same", "phone_same", "address_same", "birthday_differs"], 80),
    ],
)
def test_the_worked_numbers_of_the_documents_hold(more, expected):
    # A name of which half another bearer is expected neither adds nor takes away.
    score = score_of(["given_same", "family_same", *more], namesakes=FEW_NAMESAKES)

    assert score == expected


def test_every_code_has_a_weight_and_words():
    assert set(WORDS) == set(WEIGHTS)


def test_what_speaks_for_it_is_read_first():
    reasons = in_words(["phone_differs", "given_same", "email_same"])

    assert [(reason.text, reason.speaks_for) for reason in reasons] == [
        ("Same email", True),
        ("Same first name", True),
        ("Different phones", False),
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Nora", "Østby", ""), (("nora",), ("ostby",), "")),
        (("", "", "Nora Marie Østby"), (("nora", "marie"), ("ostby",), "")),
        (("Nora", "", "Nora Østby"), (("nora",), ("ostby",), "")),
        (("Ola", "Lie jr.", ""), (("ola",), ("lie",), "jr")),
        (("Fru Nora", "van der Berg", ""), (("nora",), ("berg",), "")),
        (("", "", "Nora"), ((), ("nora",), "")),
        (("", "", ""), ((), (), "")),
    ],
)
def test_names_are_taken_apart(names, words):
    assert names_of(*names) == words


def test_a_name_alone_is_no_key():
    bare = Described(pk=1, given=("nora",), family=("ostby",))

    assert list(key_texts(bare)) == []


def test_keys_of_two_houses_have_nothing_in_common():
    assert not set(keys_of(described(), 1)) & set(keys_of(described(), 2))
