from datetime import timedelta

import pytest

from customers.models import Visit
from tests.factories import TODAY, make_guest, make_visit

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
PAGE = "/casa-alba/today/"


@pytest.fixture
def full_day(casa_alba):
    def add(name, state=State.BOOKED, *, label="", booker=None, **facts):
        guest = make_guest(casa_alba, name, **facts)
        make_visit(guest, state=state, arrival_date=TODAY, label=label, booker=booker)
        return guest

    add("Øystein Tveit", label="Room 202")
    add("Nora Østby", label="Room 204", is_vip=True)
    olaf = add("Olaf Vik", State.IN_HOUSE, label="Room 12", company="Nordvind AS")
    add("Kari Nes", label="Room 20", booker=olaf)
    make_visit(olaf, arrival_date=TODAY - timedelta(days=100))


def names(answer):
    return sorted(
        card.visit.guest.display_name
        for group in answer.context["groups"]
        for card in group.cards
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nora", ["Nora Østby"]),
        ("OYSTEIN", ["Øystein Tveit"]),
        ("room 20", ["Kari Nes", "Nora Østby", "Øystein Tveit"]),
        ("204", ["Nora Østby"]),
        ("nordvind", ["Olaf Vik"]),
        ("vik", ["Kari Nes", "Olaf Vik"]),
        ("nes vik", ["Kari Nes"]),
        ("  ", ["Kari Nes", "Nora Østby", "Olaf Vik", "Øystein Tveit"]),
        ("zzz", []),
    ],
)
def test_cards_are_found_by_name_room_company_and_booker(
    as_alba, full_day, typed, found
):
    assert names(as_alba.get(PAGE, {"find": typed})) == found


def test_the_numbers_are_of_the_whole_day(as_alba, full_day):
    everything = as_alba.get(PAGE).context["numbers"]

    assert as_alba.get(PAGE, {"find": "nora"}).context["numbers"] == everything


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ("vip", ["Nora Østby"]),
        ("first", ["Kari Nes", "Nora Østby", "Øystein Tveit"]),
        ("expected", ["Kari Nes", "Nora Østby", "Øystein Tveit"]),
        ("promises", []),
        ("moon", ["Kari Nes", "Nora Østby", "Olaf Vik", "Øystein Tveit"]),
    ],
)
def test_a_quick_choice_leaves_the_others_out(as_alba, full_day, choice, found):
    assert names(as_alba.get(PAGE, {"show": choice})) == found


def test_choices_say_how_many_and_lead_there(as_alba, full_day):
    choices = as_alba.get(PAGE, {"show": "vip", "find": "zzz"}).context["choices"]

    assert [(one.label, one.count, one.url, one.is_chosen) for one in choices] == [
        ("All", 4, PAGE, False),
        ("Not here yet", 3, f"{PAGE}?show=expected", False),
        ("VIP", 1, f"{PAGE}?show=vip", True),
        ("First visit", 3, f"{PAGE}?show=first", False),
    ]


def test_a_choice_that_would_change_nothing_is_not_offered(as_alba, nora):
    make_visit(nora, state=State.BOOKED, arrival_date=TODAY)

    assert as_alba.get(PAGE).context["choices"] == []


def test_nobody_found_leads_to_the_register(as_alba, full_day):
    page = as_alba.get(PAGE, {"find": "<zz> å"}).content.decode()

    assert "Nobody here fits “&lt;zz&gt; å”" in page
    assert 'href="/casa-alba/guests/?q=%3Czz%3E%20%C3%A5"' in page
    assert f'href="{PAGE}">Show everybody' in page


@pytest.mark.parametrize(
    "query", ["?find=%00", f"?find={'x' * 9999}", "?show=%00", "?find=%FF&show=%FF"]
)
def test_odd_words_find_nobody_or_everybody(as_alba, full_day, query):
    assert as_alba.get(f"{PAGE}{query}").status_code == 200
