import re
from datetime import timedelta

import pytest

from customers.models import Company, Visit
from customers.people.companies import NameIsTaken, amend_company, company_named
from customers.people.company_listing import PAGE
from customers.privacy.erasure import erase_guest
from customers.searching.search import search_guests
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

LIST = "/casa-alba/companies/"
State = Visit.State


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby", company="Nordvind AS")


@pytest.fixture
def nordvind(nora):
    return nora.company


def amend(company, **changes):
    wanted = {
        "name": company.name,
        "website": company.website,
        "remark": company.remark,
        "actor": None,
        "now": NOW,
    }
    return amend_company(company, **(wanted | changes))


def found(business, typed):
    return sorted(guest.display_name for guest in search_guests(business, typed))


def url_of(company, page=""):
    return f"{LIST}{company.uuid}/{page}"


def test_a_firm_is_one_however_it_is_written(casa_alba):
    first = company_named(casa_alba, "Fjord AS", now=NOW)

    same = company_named(casa_alba, " FJÓRD  as ", now=NOW)

    assert (same, same.name) == (first, "Fjord AS")


def test_no_name_is_no_firm(casa_alba):
    assert company_named(casa_alba, "  ", now=NOW) is None


def test_a_firm_of_two_houses_is_two_firms(casa_alba, bar_carla):
    company_named(casa_alba, "Fjord AS", now=NOW)
    company_named(bar_carla, "Fjord AS", now=NOW)

    assert Company.objects.count() == 2


def test_guests_are_found_by_the_new_name_and_not_by_the_old(casa_alba, nordvind):
    make_guest(casa_alba, "Olaf Vik", company="nordvind as")

    amend(nordvind, name="Blåfjell Gruppen")

    assert found(casa_alba, "blafjell") == ["Nora Østby", "Olaf Vik"]
    assert found(casa_alba, "nordvind") == []


def test_a_changed_firm_is_in_the_log_by_its_fields(casa_alba, alba, nordvind):
    amend(
        nordvind, remark="Pays in May", website="https://nordvind.example", actor=alba
    )

    event = casa_alba.audit_events.latest("pk")
    assert (event.action, event.actor, event.object_ref, event.fields) == (
        "amended",
        alba,
        str(nordvind.uuid),
        ["remark", "website"],
    )


def test_changing_nothing_leaves_no_trace(casa_alba, nordvind):
    events = casa_alba.audit_events.count()

    amend(nordvind)

    assert casa_alba.audit_events.count() == events


def test_another_spelling_of_its_own_name_is_no_other_firm(nordvind):
    amend(nordvind, name="NORDVIND as")

    assert [company.name for company in Company.objects.all()] == ["NORDVIND as"]


def test_the_name_of_another_firm_is_not_taken_unasked(casa_alba, nordvind):
    make_guest(casa_alba, "Olaf Vik", company="Fjord AS")

    with pytest.raises(NameIsTaken):
        amend(nordvind, name="fjord as")

    assert Company.objects.count() == 2


def test_two_firms_become_one_and_its_guests_are_found(casa_alba, nordvind):
    olaf = make_guest(casa_alba, "Olaf Vik", company="Fjord AS")

    kept = amend(nordvind, name="Fjord AS", remark="Both", joins=olaf.company.uuid)

    assert (kept, kept.remark) == (olaf.company, "Both")
    assert list(Company.objects.all()) == [olaf.company]
    assert found(casa_alba, "fjord") == ["Nora Østby", "Olaf Vik"]
    assert found(casa_alba, "nordvind") == []


def test_a_firm_of_another_house_is_never_joined(bar_carla, nordvind):
    theirs = make_guest(bar_carla, "Olaf Vik", company="Fjord AS").company

    kept = amend(nordvind, name="Fjord AS", joins=theirs.uuid)

    assert kept == nordvind
    assert Company.objects.count() == 2


def test_the_last_guest_of_a_firm_takes_it_along(nora, nordvind):
    erase_guest(nora, actor=None, now=NOW)

    assert not Company.objects.filter(pk=nordvind.pk).exists()


# The list


def test_the_list_adds_up_guests_and_their_visits_of_a_year(as_alba, casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Vik", company="Nordvind AS")
    make_visit(nora, spend=100_00)
    make_visit(olaf, spend=50_00, arrival_date=TODAY - timedelta(days=364), nights=1)
    make_visit(olaf, spend=7_00, arrival_date=TODAY - timedelta(days=367), nights=1)
    make_visit(olaf, spend=7_00, state=State.CANCELLED)
    make_visit(make_guest(casa_alba, "Kari Dal"), spend=7_00)

    row = as_alba.get(LIST).context["rows"][0]

    assert (row.company.name, row.guests, row.visits, row.spend) == (
        "Nordvind AS",
        2,
        2,
        150_00,
    )


def test_a_firm_nobody_was_here_from_shows_nothing(as_alba, nordvind):
    row = as_alba.get(LIST).context["rows"][0]

    assert (row.guests, row.visits, row.spend) == (1, 0, 0)


def test_firms_are_in_the_order_of_the_alphabet_page_by_page(as_alba, casa_alba):
    names = [f"Firma {number:03}" for number in range(PAGE * 2 + 3)]
    for name in reversed(names):
        company_named(casa_alba, name, now=NOW)
    shown, after = [], ""

    while after is not None:
        context = as_alba.get(LIST, {"after": after}).context
        shown += [row.company.name for row in context["rows"]]
        after = context["next_after"]

    assert shown == names


@pytest.mark.parametrize("typed", ["fjor", "FJÓR", "as fjord", "  fjord "])
def test_a_firm_is_found_by_a_bit_of_its_name(as_alba, casa_alba, nordvind, typed):
    company_named(casa_alba, "Fjord AS", now=NOW)

    rows = as_alba.get(LIST, {"q": typed}).context["rows"]

    assert [row.company.name for row in rows] == ["Fjord AS"]


@pytest.mark.parametrize(
    "query",
    ["?after=nonsense", "?after=00000000-0000-0000-0000-000000000000", "?q=%00",
     "?q=" + "a " * 3000, "?q=%25", "?q=xyzzy"],
)  # fmt: skip
def test_an_address_nobody_made_is_answered(as_alba, nordvind, query):
    assert as_alba.get(LIST + query).status_code == 200


def test_the_list_costs_the_same_for_one_and_for_three(as_alba, casa_alba, nora):
    make_visit(nora)
    for_one = count_queries(as_alba, LIST)

    for name in ("Fjord AS", "Vik AS"):
        make_visit(make_guest(casa_alba, "Olaf Vik", company=name))
    for_three = count_queries(as_alba, LIST)

    assert for_three == for_one <= 10


def test_typing_gets_the_rows_alone(as_alba, nordvind):
    page = as_alba.get(LIST, {"q": "nord"}, headers={"HX-Request": "true"})

    text = page.content.decode()
    assert ("Nordvind AS" in text, "<html" in text) == (True, False)


def test_names_are_offered_while_one_is_typed(as_alba, casa_alba, bar_carla):
    for name in ("Vik og Fjord AS", "Fjord AS", "Nordvind AS"):
        company_named(casa_alba, name, now=NOW)
    company_named(bar_carla, "Fjord Bar", now=NOW)

    page = as_alba.get(f"{LIST}names/", {"company": "fjord"}).content.decode()

    assert re.findall(r'value="([^"]+)"', page) == ["Fjord AS", "Vik og Fjord AS"]


def test_nothing_typed_offers_nothing(as_alba, nordvind):
    assert as_alba.get(f"{LIST}names/").content.decode().strip() == ""


# The page


def test_the_page_shows_who_comes_from_it_and_when(as_alba, casa_alba, nora, nordvind):
    olaf = make_guest(casa_alba, "Olaf Vik", company="Nordvind AS")
    make_visit(olaf)
    booked = make_visit(
        nora, state=State.BOOKED, arrival_date=TODAY + timedelta(days=3)
    )

    context = as_alba.get(url_of(nordvind)).context

    assert [guest.display_name for guest in context["page"].rows] == [
        "Olaf Vik",
        "Nora Østby",
    ]
    assert list(context["coming"]) == [booked]
    assert [visit.guest for visit in context["latest"]] == [olaf]


def test_visits_at_other_venues_are_for_the_people_there(
    client, casa_alba, nora, nordvind
):
    bar = make_venue(casa_alba, "Baren")
    make_visit(nora, venue=casa_alba.venues.get(name="Hotellet"))
    at_bar = make_visit(nora, venue=bar)
    waiter = make_user()
    make_staff(casa_alba, waiter, "staff").venues.add(bar)
    client.force_login(waiter)

    context = client.get(url_of(nordvind)).context

    assert list(context["latest"]) == [at_bar]


def test_the_page_costs_the_same_for_one_guest_and_for_three(
    as_alba, casa_alba, nora, nordvind
):
    make_visit(nora)
    for_one = count_queries(as_alba, url_of(nordvind))

    for name in ("Olaf Vik", "Kari Dal"):
        make_visit(make_guest(casa_alba, name, company="Nordvind AS"))
    for_three = count_queries(as_alba, url_of(nordvind))

    assert for_three == for_one <= 16


def test_a_firm_is_changed_on_a_page_and_where_it_stands(as_alba, nordvind):
    typed = {"name": "Nordvind ASA", "website": "nordvind.example", "remark": "In May"}

    plain = as_alba.post(url_of(nordvind, "edit/"), typed)
    in_place = as_alba.post(
        url_of(nordvind, "edit/"),
        typed | {"remark": "In June"},
        headers={"HX-Request": "true"},
    )

    nordvind.refresh_from_db()
    assert plain.url == in_place["HX-Redirect"] == url_of(nordvind)
    assert (nordvind.name, nordvind.website, nordvind.remark) == (
        "Nordvind ASA",
        "https://nordvind.example",
        "In June",
    )


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "N" * 121}, "name"),
        ({"name": "Nord\0vind"}, "name"),
        ({"name": "Nordvind", "website": "javascript:alert(1)"}, "website"),
        ({"name": "Nordvind", "remark": "a" * 301}, "remark"),
        ({"name": "Nordvind", "remark": "Card 4111 1111 1111 1111"}, "remark"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field(as_alba, nordvind, typed, field):
    response = as_alba.post(url_of(nordvind, "edit/"), typed)

    assert list(response.context["form"].errors) == [field]
    nordvind.refresh_from_db()
    assert nordvind.name == "Nordvind AS"


def test_becoming_one_is_asked_first_and_loses_no_words(as_alba, casa_alba, nordvind):
    fjord = make_guest(casa_alba, "Olaf Vik", company="Fjord AS").company
    amend(fjord, remark="Pays in May")
    typed = {"name": "FJORD as", "remark": "Ask for Siri", "website": ""}

    asked = as_alba.post(url_of(nordvind, "edit/"), typed)

    assert Company.objects.count() == 2
    form = asked.context["form"]
    assert form["remark"].value() == "Pays in May\nAsk for Siri"
    sent = {name: form[name].value() for name in form.fields}
    done = as_alba.post(url_of(nordvind, "edit/"), sent)
    assert done.url == url_of(fjord)
    fjord.refresh_from_db()
    assert fjord.guests.count() == 2
    assert fjord.remark == "Pays in May\nAsk for Siri"


def test_a_third_firm_is_not_joined_by_a_yes_to_the_second(
    as_alba, casa_alba, nordvind
):
    fjord = company_named(casa_alba, "Fjord AS", now=NOW)
    company_named(casa_alba, "Vik AS", now=NOW)

    response = as_alba.post(
        url_of(nordvind, "edit/"), {"name": "Vik AS", "joins": str(fjord.uuid)}
    )

    assert response.context["other"].name == "Vik AS"
    assert Company.objects.count() == 3


def test_a_firm_that_is_gone_is_said_and_the_words_are_not_lost(as_alba, nordvind):
    url = url_of(nordvind, "edit/")
    nordvind.delete()

    response = as_alba.post(url, {"name": "Nordvind", "remark": "Ask for Siri"})

    assert response.status_code == 404
    assert "Ask for Siri" in response.content.decode()


def test_firms_are_for_staff_and_of_the_house(client, as_alba, bruno, bar_carla):
    theirs = make_guest(bar_carla, "Olaf Vik", company="Fjord Bar").company
    pages = [LIST, f"{LIST}names/", url_of(theirs), url_of(theirs, "edit/")]

    of_alba = [as_alba.get(page).status_code for page in pages]
    client.force_login(bruno)
    of_bruno = [client.get(page).status_code for page in pages]

    assert of_alba == [200, 200, 404, 404]
    assert of_bruno == [403, 403, 403, 403]
