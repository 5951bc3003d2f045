import re

import pytest

from customers.models import ContactPoint, Guest
from tests.factories import make_guest
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

NEW = "/casa-alba/guests/new/"
TYPED = {
    "given_name": "Nora",
    "family_name": "Østby",
    "phones": ["406 12 345", ""],
    "emails": ["nora@example.no", "nora@work.example"],
    "language": "nb",
    "country": "NO",
    "birthday_day": "29",
    "birthday_month": "2",
    "city": "Stryn",
    "is_vip": "on",
}


def errors_at(response, field):
    return response.context["form"].errors.get(field, [])


def test_a_guest_is_written_down_and_shown(as_alba, casa_alba):
    response = as_alba.post(NEW, TYPED)

    guest = casa_alba.guests.get()
    assert response.url == f"/casa-alba/guests/{guest.uuid}/"
    assert (guest.display_name, guest.birthday_day, guest.birthday_month) == (
        "Nora Østby",
        29,
        2,
    )
    points = ContactPoint.objects.filter(guest=guest).order_by("kind", "-is_primary")
    assert list(points.values_list("normalized", "is_primary")) == [
        ("nora@example.no", True),
        ("nora@work.example", False),
        ("+4740612345", True),
    ]


def test_a_new_guest_who_comes_with_a_visit_leads_on_to_it(as_alba, casa_alba):
    response = as_alba.post(f"{NEW}?for=visit", {"given_name": "Nora"})

    guest = casa_alba.guests.get()
    assert response.url == f"/casa-alba/guests/{guest.uuid}/visits/new/"


def test_a_name_of_its_own_is_kept(as_alba, casa_alba):
    as_alba.post(NEW, {"display_name": "Nordvind AS"})

    guest = casa_alba.guests.get()
    assert (guest.display_name, guest.greeting_name) == ("Nordvind AS", "")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"given_name": "", "family_name": ""},
            "given_name",
            "Write a name, or at least a part of it.",
        ),
        (
            {"emails": ["nora@example.no", "nora at home"]},
            "emails",
            "“nora at home”: This does not look like an email address. "
            "Write it like nora@post.no.",
        ),
        (
            {"phones": ["ring me"]},
            "phones",
            "“ring me”: This does not look like a phone number. "
            "Write it like +47 406 12 345.",
        ),
        (
            {"phones": ["406"]},
            "phones",
            "“406”: This phone number is too long or too short. Is a digit missing?",
        ),
        (
            {"birthday_day": "31", "birthday_month": "2"},
            "birthday_day",
            "February has no day 31.",
        ),
        ({"birthday_month": ""}, "birthday_month", "In which month?"),
        ({"birthday_day": ""}, "birthday_day", "On which day?"),
        ({"birthday_day": "32"}, "birthday_day", "Write a day from 1 to 31."),
        ({"birthday_day": "first"}, "birthday_day", "Write a day from 1 to 31."),
        (
            {"emails": [f"a{number}@example.no" for number in range(11)]},
            "emails",
            "That is more than we keep. Leave the ones you use.",
        ),
        ({"emails": ["a" * 300]}, "emails", f"“{'a' * 30}…” is too long."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    as_alba, casa_alba, changes, field, sentence
):
    response = as_alba.post(NEW, TYPED | changes)

    assert errors_at(response, field) == [sentence]
    assert casa_alba.guests.count() == 0
    page = response.content.decode()
    kept = [value for value in (TYPED | changes)["emails"] if value]
    assert all(f'value="{value}"' in page for value in kept)
    assert 'value="Stryn"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("country", "XX"), ("language", "tlh"), ("birthday_month", "13")],
)
def test_a_choice_that_is_not_offered_is_refused(as_alba, casa_alba, field, value):
    response = as_alba.post(NEW, TYPED | {field: value})

    assert len(errors_at(response, field)) == 1
    assert casa_alba.guests.count() == 0


@pytest.mark.parametrize(
    "name", ["Ø", "ن" * 80, "محمد الحسيني", "👩‍🍳 Kari", "中村 さくら", "O'Neill-Æ"]
)
def test_any_name_people_have_can_be_written_and_found(as_alba, casa_alba, name):
    as_alba.post(NEW, {"display_name": name})

    response = as_alba.get("/casa-alba/guests/", {"q": name})

    assert [row.guest.display_name for row, _cells in response.context["lines"]] == [
        name
    ]


def test_the_form_comes_filled_in_and_a_new_family_name_reaches_the_name(
    as_alba, casa_alba
):
    guest = make_guest(
        casa_alba, "Nora Østby", phones=("406 12 345",), external_id="old-17"
    )
    url = f"/casa-alba/guests/{guest.uuid}/edit/"
    page = as_alba.get(url).content.decode()
    assert 'value="+47 40 61 23 45"' in page

    as_alba.post(url, {"given_name": "Nora", "family_name": "Berg"})

    guest.refresh_from_db()
    assert (guest.display_name, guest.external_id) == ("Nora Berg", "old-17")
    assert guest.contact_points.count() == 0


def test_a_guest_of_another_house_cannot_be_changed(as_alba, bar_carla):
    hers = make_guest(bar_carla, "Olaf Vik")

    response = as_alba.post(f"/casa-alba/guests/{hers.uuid}/edit/", TYPED)

    hers.refresh_from_db()
    assert (response.status_code, hers.display_name) == (404, "Olaf Vik")


def test_the_pages_are_for_staff_not_for_viewers(client, bruno, nora):
    client.force_login(bruno)
    paths = ["guests/", "guests/new/", f"guests/{nora.uuid}/", "today/"]

    answers = [client.get(f"/casa-alba/{path}").status_code for path in paths]

    assert answers == [403, 403, 403, 403]


def test_who_was_forgotten_has_no_page(as_alba, casa_alba, nora, morning):
    Guest.objects.filter(pk=nora.pk).update(erased_at=morning)

    paths = ["", "edit/", "timeline/", "visits/new/"]
    answers = [
        as_alba.get(f"/casa-alba/guests/{nora.uuid}/{path}").status_code
        for path in paths
    ]

    assert answers == [404, 404, 404, 404]


def test_the_list_shows_who_they_are_and_how_to_reach_them(as_alba, casa_alba):
    make_guest(
        casa_alba,
        "Nora Østby",
        company="Nordvind AS",
        is_vip=True,
        emails=("nora@example.no",),
        phones=("+47 406 12 345",),
    )

    page = as_alba.get("/casa-alba/guests/").content.decode()

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for shown in ("Nora Østby", "Nordvind AS", "VIP", "+47 40 61 23 45"):
        assert shown in words
    assert "nora@example.no" not in words


@pytest.mark.parametrize("query", ["", "?order=name", "?q=gjest"])
def test_the_list_costs_the_same_for_one_guest_and_for_three(as_alba, casa_alba, query):
    make_guest(casa_alba, "Gjest En", phones=("40612345",))
    for_one = count_queries(as_alba, f"/casa-alba/guests/{query}")

    for name in ("Gjest To", "Gjest Tre"):
        make_guest(casa_alba, name, phones=("40612345",), is_vip=True)
    for_three = count_queries(as_alba, f"/casa-alba/guests/{query}")

    assert for_three == for_one <= 18


@pytest.mark.parametrize(
    ("target", "shows", "leaves_out"),
    [
        ("results", 'class="table people as-list"', "<html"),
        ("found", 'class="found-list"', "<table"),
        ("something", "<html", "found-list"),
    ],
)
def test_typing_gets_only_the_part_that_changes(
    as_alba, nora, target, shows, leaves_out
):
    response = as_alba.get(
        "/casa-alba/guests/",
        {"q": "ost"},
        headers={"HX-Request": "true", "HX-Target": target},
    )

    page = response.content.decode()
    assert "Nora Østby" in page
    assert shows in page
    assert leaves_out not in page


def test_whose_visit_leads_to_a_visit_of_theirs(as_alba, nora):
    page = as_alba.get("/casa-alba/guests/?for=visit").content.decode()

    assert f'href="/casa-alba/guests/{nora.uuid}/visits/new/"' in page


@pytest.mark.parametrize(
    "query",
    ["?after=nonsense", "?after=00000000-0000-0000-0000-000000000000", "?order=shoe",
     "?page=-1", "?q=%00", "?q=nora&page=x", "?q=" + "a" * 5000],
)  # fmt: skip
def test_an_address_nobody_made_is_answered_all_the_same(as_alba, nora, query):
    response = as_alba.get(f"/casa-alba/guests/{query}")

    assert response.status_code == 200


def test_nobody_found_says_what_to_try(as_alba, nora):
    page = as_alba.get("/casa-alba/guests/?q=xyzzy").content.decode()

    assert "Nobody fits that" in page
    assert "Nora Østby" not in page


def test_an_identity_number_in_the_phone_field_is_refused(as_alba, nora):
    nora.country = "SE"
    nora.save()
    typed = {"given_name": "Nora", "country": "SE", "phones": "811218-9876"}

    page = as_alba.post(f"/casa-alba/guests/{nora.uuid}/edit/", typed)

    assert "There is a Swedish identity number in this." in page.text
    assert not nora.contact_points.exists()
