"""What drops from the search box."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from customers.searching.found_guests import MOST, found_guests
from tests.factories import TODAY, make_guest, make_visit
from tests.queries import count_queries


def marks(business, typed):
    found = found_guests(business, typed).guests
    return [(one.guest.display_name, one.marks) for one in found]


@pytest.fixture
def well_known(casa_alba):
    return make_guest(
        casa_alba,
        "Nora Østby",
        emails=("nora.ostby@example.no", "nora@work.example"),
        phones=("406 12 345", "+46 70 174 06 05"),
        company="Nordvind AS",
        member_number="M-1042",
    )


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("nora", "+47 40 61 23 45"),
        ("2345", "+47 40 61 23 45"),
        ("0605", "+46 70 174 06 05"),
        ("070-174 06 05", "+46 70 174 06 05"),
        ("work.example", "nora@work.example"),
        ("nora.ostby@example", "nora.ostby@example.no"),
        ("m1042", "Member M-1042"),
        ("1042", "Member M-1042"),
        ("nora nordvind", "+47 40 61 23 45"),
        ("nora 0605", "+46 70 174 06 05"),
    ],
)
def test_the_mark_that_was_typed_is_shown(well_known, typed, mark):
    assert marks(well_known.business, typed) == [
        ("Nora Østby", ("Nordvind AS", mark)),
    ]


def test_who_has_no_address_is_told_by_their_town(casa_alba):
    make_guest(casa_alba, "Nora Østby", city="Stryn")
    make_guest(casa_alba, "Nora Vik")

    assert marks(casa_alba, "nora") == [("Nora Vik", ()), ("Nora Østby", ("Stryn",))]


def test_those_who_are_only_written_alike_come_under_a_heading(casa_alba):
    for name, days in (("Ole Hansen", 3), ("Ole Hanssen", 2), ("Ole Hanson", 1)):
        make_visit(
            make_guest(casa_alba, name), arrival_date=TODAY - timedelta(days=days)
        )

    found = found_guests(casa_alba, "hansen").guests

    assert [(one.guest.display_name, one.begins_others) for one in found] == [
        ("Ole Hansen", False),
        ("Ole Hanson", True),
        ("Ole Hanssen", False),
    ]


@pytest.mark.parametrize(("there", "is_more"), [(MOST, False), (MOST + 1, True)])
def test_eight_can_be_taken_in_at_a_glance(casa_alba, there, is_more):
    for number in range(there):
        make_guest(casa_alba, f"Nora {'ABCDEFGHI'[number]}st")

    found = found_guests(casa_alba, "nora")

    assert (len(found.guests), found.is_more) == (MOST, is_more)


class Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.addresses = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.addresses.append(dict(attributes)["href"])


def drop(client, **words):
    response = client.get(
        "/casa-alba/guests/",
        words,
        headers={"HX-Request": "true", "HX-Target": "found"},
    )
    return response.content.decode()


def test_the_last_line_leads_to_a_new_guest_of_that_name(as_alba, nora):
    page = drop(as_alba, q="nora ø")

    address = Links(page).addresses[-1]
    assert Links(page).addresses == [
        f"/casa-alba/guests/{nora.uuid}/",
        "/casa-alba/guests/new/?typed=nora+%C3%B8",
    ]
    form = as_alba.get(address).context["form"]
    assert (form["given_name"].value(), form["family_name"].value()) == ("Nora", "Ø")


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("nora.ostby@example.no", "emails", ("nora.ostby@example.no",)),
        ("406 12 345", "phones", ("406 12 345",)),
        ("Anne Lise von Østby", "family_name", "Østby"),
        ("østby", "given_name", "Østby"),
        ("McCoy", "given_name", "McCoy"),
        ("", "given_name", ""),
    ],
)
def test_the_form_goes_on_with_what_was_typed(as_alba, casa_alba, typed, field, value):
    response = as_alba.get("/casa-alba/guests/new/", {"typed": typed})

    assert response.context["form"][field].value() == value


def test_for_a_visit_the_last_line_leads_to_one_of_somebody_new(as_alba, nora):
    page = drop(as_alba, **{"q": "nora", "for": "visit"})

    assert Links(page).addresses == [
        f"/casa-alba/guests/{nora.uuid}/visits/new/",
        "/casa-alba/visits/new/?name=nora",
    ]


def test_many_lead_on_to_the_list(as_alba, casa_alba):
    for number in range(MOST + 1):
        make_guest(casa_alba, f"Nora {number}")

    page = drop(as_alba, q="nora")

    assert Links(page).addresses[MOST] == "/casa-alba/guests/?q=nora"
    assert "Many guests fit." in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nora", "1 guest fits. Arrow down leads there."),
        ("o", "2 guests fit. Arrow down leads to them."),
        ("xyzzy", "Nobody fits that."),
        ("", ""),
    ],
)
def test_how_many_fit_is_said(as_alba, nora, casa_alba, typed, said):
    make_guest(casa_alba, "Ole Vik")

    page = drop(as_alba, q=typed)

    assert page.strip().endswith(f'hx-swap-oob="innerHTML">{said}</div>')


def test_what_was_typed_is_only_text(as_alba, casa_alba):
    page = drop(as_alba, q='"><script>alert(1)</script>')

    assert "<script>" not in page


def test_a_drop_costs_the_same_however_many_fit(as_alba, casa_alba):
    costs = []
    for number in range(3):
        make_guest(casa_alba, f"Nora {number}", phones=(f"406 12 34{number}",))
        headers = {"HX-Request": "true", "HX-Target": "found"}
        costs.append(
            count_queries(as_alba, "/casa-alba/guests/?q=406", headers=headers)
        )

    assert len(set(costs)) == 1
