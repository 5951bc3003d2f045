import random
from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Guest, GuestSummary, Tag
from customers.profile.tag_rules import rule_holds, rule_in_words, rule_query
from tests.factories import NOW, TODAY, make_guest, make_tag, make_visit

Rule = Tag.Rule

FIGURES = (Rule.VISITS, Rule.NIGHTS, Rule.SPEND, Rule.NO_SHOWS)
DAYS = (Rule.HERE_WITHIN, Rule.AWAY_FOR, Rule.NEW_WITHIN)


def tag_of(rule, number=None, word=""):
    return Tag(rule=rule, rule_number=number, rule_word=word)


def naive(tag, guest):
    """Say the rule once more, in the words of the form."""
    summary = guest.summary
    days_since = {
        name: (TODAY - day).days if (day := getattr(summary, name)) else None
        for name in ("first_visit_on", "last_visit_on")
    }
    last, first = days_since["last_visit_on"], days_since["first_visit_on"]
    return {
        Rule.VISITS: lambda: summary.visits >= tag.rule_number,
        Rule.NIGHTS: lambda: summary.nights >= tag.rule_number,
        Rule.SPEND: lambda: summary.spend >= tag.rule_number,
        Rule.NO_SHOWS: lambda: summary.no_shows >= tag.rule_number,
        Rule.HERE_WITHIN: lambda: last is not None and last <= tag.rule_number,
        Rule.AWAY_FOR: lambda: last is not None and last >= tag.rule_number,
        Rule.NEW_WITHIN: lambda: first is not None and first <= tag.rule_number,
        Rule.COUNTRY: lambda: guest.country == tag.rule_word,
    }[tag.rule]()


def many_guests(business, count=300):
    dice = random.Random(5)
    guests = Guest.objects.bulk_create(
        Guest(
            business=business,
            display_name=str(number),
            country=dice.choice(["", "NO", "SE", "DE"]),
            created_at=NOW,
            updated_at=NOW,
        )
        for number in range(count)
    )
    GuestSummary.objects.bulk_create(random_summary(guest, dice) for guest in guests)


def random_summary(guest, dice):
    visits = dice.choice([0, 0, 1, 2, 5, 9])
    # Around the numbers that are asked for, where a mistake by one would show.
    last = TODAY - timedelta(days=dice.choice([0, 1, 29, 30, 31, 364, 365, 366, 900]))
    return GuestSummary(
        guest=guest,
        business=guest.business,
        visits=visits,
        nights=dice.choice([0, 1, 9, 10, 11]),
        spend=dice.choice([0, 99_999, 100_000, 100_001]),
        no_shows=dice.choice([0, 1, 2]),
        last_visit_on=last if visits else None,
        first_visit_on=last - timedelta(days=dice.choice([0, 1])) if visits else None,
    )


@pytest.mark.parametrize(
    "tag",
    [
        *[tag_of(rule, number) for rule in FIGURES for number in (1, 2, 5, 10)],
        tag_of(Rule.SPEND, 100_000),
        *[tag_of(rule, number) for rule in DAYS for number in (1, 30, 365, 10**9)],
        tag_of(Rule.COUNTRY, word="NO"),
        tag_of(Rule.COUNTRY, word="FR"),
    ],
    ids=lambda tag: f"{tag.rule}-{tag.rule_number or tag.rule_word}",
)
def test_the_database_and_python_say_the_same_of_everybody(casa_alba, tag):
    many_guests(casa_alba)
    everybody = list(Guest.objects.select_related("summary").order_by("pk"))

    found = set(Guest.objects.filter(rule_query(tag, TODAY)))

    assert found == {guest for guest in everybody if rule_holds(tag, guest, TODAY)}
    assert found == {guest for guest in everybody if naive(tag, guest)}


def test_rules_read_what_visits_add_up_to(casa_alba):
    regular = make_guest(casa_alba, "Nora Østby")
    for weeks in (1, 2, 3):
        make_visit(regular, arrival_date=TODAY - timedelta(weeks=weeks), nights=2)
    make_visit(regular, state="booked", arrival_date=TODAY)
    make_guest(casa_alba, "Olaf Berg")
    held = {
        tag.rule
        for tag in (
            tag_of(Rule.VISITS, 3),
            tag_of(Rule.NIGHTS, 7),
            tag_of(Rule.SPEND, 3 * 234_000),
            tag_of(Rule.HERE_WITHIN, 5),
            tag_of(Rule.AWAY_FOR, 5),
            tag_of(Rule.NEW_WITHIN, 20),
        )
        if list(Guest.objects.filter(rule_query(tag, TODAY))) == [regular]
    }

    assert held == {Rule.VISITS, Rule.SPEND, Rule.HERE_WITHIN, Rule.AWAY_FOR}


@pytest.mark.parametrize(
    ("rule", "number", "words"),
    [
        (Rule.VISITS, 1, "has been here at least once"),
        (Rule.VISITS, 10, "has been here at least 10 times"),
        (Rule.NIGHTS, 1, "has stayed at least 1 night"),
        (
            Rule.SPEND,
            5_000_000,
            "has spent at least 50\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr",
        ),
        (Rule.HERE_WITHIN, 30, "was here in the last 30 days"),
        (Rule.AWAY_FOR, 365, "has not been here for 365 days"),
        (Rule.NEW_WITHIN, 1, "came for the first time in the last 1 day"),
        (Rule.NO_SHOWS, 2, "did not come at least 2 times"),
    ],
)
def test_a_rule_is_said_in_words(casa_alba, rule, number, words):
    assert rule_in_words(tag_of(rule, number), casa_alba) == words


def test_a_country_is_called_as_the_reader_calls_it(casa_alba):
    tag = make_tag(casa_alba, "Tyskere", rule=Rule.COUNTRY, rule_word="DE")

    with translation.override("nb"):
        assert rule_in_words(tag, casa_alba).endswith("Tyskland")
    assert rule_in_words(tag, casa_alba) == "comes from Germany"


def test_a_tag_by_hand_has_no_rule(casa_alba):
    assert rule_in_words(make_tag(casa_alba), casa_alba) == ""
