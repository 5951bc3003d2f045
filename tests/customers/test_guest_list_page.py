from datetime import timedelta

import pytest

from crm.tenancy.models import Staff
from customers.lists import asked_guests
from customers.lists.guest_filter_form import source_key
from customers.lists.paging import PAGE
from customers.models import Tag
from customers.profile.tags import give_tag
from tests.factories import NOW, TODAY, make_guest, make_staff, make_user, make_visit
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

GUESTS = "/casa-alba/guests/"


@pytest.fixture
def ida(client, casa_alba):
    """Somebody at the desk, signed in."""
    ida = make_user("ida@casa-alba.example", name="Ida Flo")
    make_staff(casa_alba, ida, Staff.Role.STAFF)
    client.force_login(ida)
    return client


def names(response):
    return [row.guest.display_name for row, _cells in response.context["lines"]]


def chips(response):
    return [text for text, _url in response.context["chips"]]


def ask(client, target, **words):
    headers = {"HX-Request": "true", "HX-Target": target}
    return client.get(GUESTS, words, headers=headers)


def test_filters_read_as_a_sentence_and_each_can_be_left_out(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik", is_vip=True, country="SE")
    make_visit(nora)
    make_visit(make_guest(casa_alba, "Olaf Vik", country="SE"))
    make_guest(casa_alba, "Per Vik", is_vip=True, country="SE")

    response = as_alba.get(GUESTS, {"vip": "on", "country": "SE", "visits": "1"})

    assert names(response) == ["Nora Vik"]
    assert response.context["chips"] == [
        ("who are VIP", f"{GUESTS}?country=SE&visits=1"),
        ("from Sweden", f"{GUESTS}?vip=on&visits=1"),
        ("with at least 1 visit", f"{GUESTS}?vip=on&country=SE"),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"language": "de"}, "who speak German"),
        ({"reach": "none"}, "with neither email nor phone"),
        ({"reach": "email"}, "with an email address"),
        ({"reach": "phone"}, "with a phone number"),
        ({"last_from": "2026-01-31"}, "last here on 31 Jan 2026 or later"),
        ({"last_to": "2026-01-31"}, "last here on 31 Jan 2026 or before"),
        ({"away": "2026-01-31"}, "away since 31 Jan 2026"),
        ({"arriving": "0"}, "arriving today"),
        ({"arriving": "7"}, "arriving in the next 7 days"),
        ({"birthday": "this"}, "with a birthday this month"),
        ({"birthday": "next"}, "with a birthday next month"),
        ({"news": "on"}, "who may be written to about news"),
        ({"visits": "0"}, "with at least 0 visits"),
    ],
)
def test_every_filter_has_its_words(as_alba, words, sentence):
    assert chips(as_alba.get(GUESTS, words)) == [sentence]


def test_a_tag_a_company_and_a_source_by_what_names_nobody(as_alba, casa_alba):
    nora = make_guest(
        casa_alba, "Nora Vik", company="Nordvind AS", source="friend of Olaf"
    )
    make_guest(casa_alba, "Per Vik", company="Sørvind AS", source="the web")
    tag = Tag.objects.create(
        business=casa_alba, name="Quiet", key="quiet", created_at=NOW
    )
    give_tag(nora, tag, actor=None, now=NOW)
    words = {
        "tag": tag.uuid,
        "company": nora.company.uuid,
        "source": source_key("friend of Olaf"),
    }

    response = as_alba.get(GUESTS, words)

    assert names(response) == ["Nora Vik"]
    assert chips(response) == [
        "tagged “Quiet”",
        "of Nordvind AS",
        "who came through “friend of Olaf”",
    ]
    assert "friend" not in response.context["asking"].query


def test_another_house_lends_no_tag_and_no_company(as_alba, casa_alba, bar_carla):
    make_guest(casa_alba, "Nora Vik")
    hers = make_guest(bar_carla, "Olaf Vik", company="Havn AS")
    tag = Tag.objects.create(business=bar_carla, name="Q", key="q", created_at=NOW)

    words = {"tag": tag.uuid, "company": hers.company.uuid}
    response = as_alba.get(GUESTS, words)

    assert (names(response), chips(response)) == (["Nora Vik"], [])
    assert "Havn AS" not in response.text


@pytest.mark.parametrize(
    "words",
    [
        {"tag": "x", "company": "\0", "country": "XX", "language": "tlh"},
        {"visits": "many", "arriving": "-1", "last_from": "0001-01-01"},
        {"away": "2026-02-30", "birthday": "x", "reach": "x", "order": "x"},
        {"visits": "9" * 40, "source": "x" * 400, "page": "x", "after": "x"},
        {"last_to": "9999-12-31"},
    ],
)
def test_what_cannot_be_read_is_left_out(as_alba, casa_alba, words):
    make_guest(casa_alba, "Nora Vik")

    response = as_alba.get(GUESTS, words)

    assert (names(response), chips(response)) == (["Nora Vik"], [])
    assert response.context["asking"].query == ""


def test_a_wrong_number_is_said_at_its_field(as_alba):
    response = as_alba.get(GUESTS, {"visits": "many"})

    assert "Write a number of visits." in response.text
    assert response.context["is_fold_open"]


def test_an_address_full_of_empty_words_becomes_a_short_one(as_alba):
    response = as_alba.get(GUESTS, {"tag": "", "vip": "on", "country": "", "q": ""})

    assert (response.status_code, response.url) == (302, f"{GUESTS}?vip=on")


def test_the_list_changes_in_place_and_the_address_with_it(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik", is_vip=True)

    response = ask(as_alba, "results", vip="on", country="", order="latest")

    assert response.headers["HX-Push-Url"] == f"{GUESTS}?vip=on"
    assert "<html" not in response.text
    assert "Nora Vik" in response.text


def test_a_letter_typed_is_no_step_back(as_alba):
    response = as_alba.get(
        GUESTS,
        {"q": "no"},
        headers={
            "HX-Request": "true",
            "HX-Target": "results",
            "HX-Trigger-Name": "q",
        },
    )

    assert response.headers["HX-Replace-Url"] == f"{GUESTS}?q=no"


def test_a_search_stays_within_the_filters(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik", is_vip=True)
    make_guest(casa_alba, "Nora Berg")

    response = as_alba.get(GUESTS, {"q": "nora", "vip": "on"})

    assert names(response) == ["Nora Vik"]
    assert '<input type="hidden" name="vip" value="on" form="search-form">' in (
        response.text
    )
    assert '<input type="hidden" name="q" value="nora" form="filters">' in response.text


def test_who_finds_nobody_is_told_which_filter_to_leave_out(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik", is_vip=True)
    make_guest(casa_alba, "Per Vik", country="SE")

    response = as_alba.get(GUESTS, {"vip": "on", "country": "SE"})

    assert response.context["loosened"] == [
        ("who are VIP", "1 guest", f"{GUESTS}?country=SE"),
        ("from Sweden", "1 guest", f"{GUESTS}?vip=on"),
    ]


def test_pages_follow_one_another(as_alba, casa_alba, monkeypatch):
    for number in range(PAGE + 1):
        make_guest(casa_alba, f"Gjest {number:02}")

    first = as_alba.get(GUESTS, {"order": "name"})
    second = as_alba.get(first.context["next_url"])

    assert len(names(first)) == PAGE
    assert names(second) == [f"Gjest {PAGE:02}"]
    assert (second.context["next_url"], second.context["start_url"]) == (
        "",
        f"{GUESTS}?order=name",
    )


def test_how_many_are_counted_only_so_far(as_alba, casa_alba, monkeypatch):
    monkeypatch.setattr(asked_guests, "MOST_COUNTED", 1)
    make_guest(casa_alba, "Nora Vik")
    assert as_alba.get(GUESTS).context["count"] == "1 guest"

    make_guest(casa_alba, "Per Vik")

    assert as_alba.get(GUESTS).context["count"] == "More than 1 guests"


@pytest.mark.parametrize(
    "query", ["", "?vip=on", "?news=on", "?order=spend", "?q=gjest", "?q=gjest&vip=on"]
)
def test_the_list_costs_the_same_for_one_guest_and_for_many(as_alba, casa_alba, query):
    def add(name):
        guest = make_guest(casa_alba, name, is_vip=True, emails=(f"{name[-1]}@x.no",))
        make_visit(guest, arrival_date=TODAY - timedelta(days=5))

    add("Gjest A")
    for_one = count_queries(as_alba, f"{GUESTS}{query}")
    for letter in "BCDEF":
        add(f"Gjest {letter}")

    assert count_queries(as_alba, f"{GUESTS}{query}") == for_one <= 19


def test_columns_are_chosen_and_remembered(as_alba, casa_alba, alba):
    make_guest(casa_alba, "Nora Vik", city="Stryn", country="NO")

    answer = as_alba.post(
        f"{GUESTS}columns/", {"column": ["country", "city", "x"], "asked": "vip=on"}
    )

    assert answer.url == f"{GUESTS}?vip=on"
    shown = as_alba.get(GUESTS)
    assert [str(column.label) for column in shown.context["columns"]] == [
        "Town",
        "Country",
    ]
    assert [cell.text for cell in shown.context["lines"][0][1]] == ["Stryn", "Norway"]
    staff = casa_alba.staff.get(user=alba)
    assert staff.shown_columns == {"guests": ["city", "country"]}


def test_no_column_chosen_means_the_usual_ones(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik")
    as_alba.post(f"{GUESTS}columns/", {"column": ["city"]})

    as_alba.post(f"{GUESTS}columns/", {})

    assert len(as_alba.get(GUESTS).context["columns"]) == 5


def test_the_desk_has_no_boxes_to_tick_and_no_file(ida, casa_alba):
    make_guest(casa_alba, "Nora Vik")

    page = ida.get(GUESTS).text

    assert ("/guests/tag/" in page, "/guests/export/" in page) == (False, False)
    assert 'name="guest"' not in page
