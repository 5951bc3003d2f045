import json
import re
from datetime import date, time, timedelta

import pytest

from crm.tenancy.models import Staff, Venue
from customers.holding import GuestIsForgotten
from customers.models import Visit
from customers.privacy.erasure import erase_guest
from customers.visiting.lines import line_values
from customers.visits import record_visit
from tests.factories import (
    NOW,
    TODAY,
    facts_of,
    make_guest,
    make_line,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
NOT_A_VENUE = "This is not one of your venues, or it is closed."


@pytest.fixture
def hotel(casa_alba):
    return casa_alba.venues.get()


@pytest.fixture
def url(nora):
    return f"/casa-alba/guests/{nora.uuid}/visits/new/"


@pytest.fixture
def typed(hotel):
    return {
        "kind": "stay",
        "venue": hotel.pk,
        "state": "booked",
        "arrival_date": "2026-11-22",
        "departure_date": "2026-11-24",
        "arrival_time": "16:00",
        "party_size": "2",
        "spend": "2 340,50",
        "label": "Room 204",
    }


def errors_at(response, field):
    return response.context["form"].errors.get(field, [])


def test_a_visit_is_written_down_as_typed(as_alba, nora, url, typed, hotel):
    response = as_alba.post(url, typed)

    visit = nora.visits.get()
    assert response.url == f"/casa-alba/guests/{nora.uuid}/"
    assert (visit.venue, visit.kind, visit.state, visit.nights) == (
        hotel, "stay", "booked", 2,
    )  # fmt: skip
    assert (visit.spend, visit.party_size, visit.arrival_time, visit.label) == (
        234_050, 2, time(16), "Room 204",
    )  # fmt: skip


@pytest.mark.parametrize("state", State.values)
def test_a_visit_of_today_is_written_down_in_any_state(
    as_alba, nora, url, typed, state
):
    as_alba.post(url, typed | {"state": state})

    assert nora.visits.get().state == state


@pytest.mark.parametrize("kind", ["table", "tour", "event"])
def test_what_is_no_stay_ends_the_day_it_begins(as_alba, nora, url, typed, kind):
    as_alba.post(url, typed | {"kind": kind, "departure_date": ""})

    visit = nora.visits.get()
    assert (visit.kind, visit.departure_date) == (kind, TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"departure_date": ""}, "departure_date", "When do they leave?"),
        (
            {"departure_date": "2026-11-21"},
            "departure_date",
            "The departure is before the arrival.",
        ),
        (
            {"departure_date": "2036-11-24"},
            "departure_date",
            "That is more than two years. Is the year right?",
        ),
        (
            {"arrival_date": "9999-12-31", "departure_date": "9999-12-31"},
            "arrival_date",
            "Is the year right? That is far away.",
        ),
        (
            {"arrival_date": "0001-01-01"},
            "arrival_date",
            "Is the year right? That is far away.",
        ),
        ({"arrival_date": "31/02/2026"}, "arrival_date", "Enter a valid date."),
        ({"arrival_time": "25:00"}, "arrival_time", "Write a time such as 19:30."),
        (
            {"spend": "-100"},
            "spend",
            "Write an amount such as 1 234,50. It cannot be below zero.",
        ),
        (
            {"spend": "a lot"},
            "spend",
            "Write an amount such as 1 234,50. It cannot be below zero.",
        ),
        ({"party_size": "0"}, "party_size", "A visit needs at least one person."),
        (
            {"arrival_date": "2026-11-23", "state": "in_house"},
            "state",
            "It begins on a day that is still to come.",
        ),
        (
            {"arrival_date": "2026-11-23", "state": "completed"},
            "state",
            "It begins on a day that is still to come.",
        ),
        ({"venue": "999999"}, "venue", NOT_A_VENUE),
        (
            {"booker_search": "Nobody Known"},
            "booker_search",
            "No guest fits. Look again, or leave it empty.",
        ),
        (
            {"booker": "5d5f4a4e-0000-4000-8000-000000000000"},
            "booker",
            "This guest is not in your register.",
        ),
        ({"booker": "nobody"}, "booker", "This guest is not in your register."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    as_alba, nora, url, typed, changes, field, sentence
):
    response = as_alba.post(url, typed | changes)

    assert errors_at(response, field) == [sentence]
    assert nora.visits.count() == 0
    page = response.content.decode()
    assert 'value="Room 204"' in page
    assert f'value="{(typed | changes)["spend"]}"' in page


def test_a_venue_and_a_booker_of_another_house_are_refused(
    as_alba, bar_carla, nora, url, typed
):
    hers = make_guest(bar_carla, "Olaf Vik")
    her_bar = bar_carla.venues.get()

    response = as_alba.post(url, typed | {"venue": her_bar.pk, "booker": hers.uuid})

    assert errors_at(response, "venue") == [NOT_A_VENUE]
    assert errors_at(response, "booker") == ["This guest is not in your register."]
    by_name = as_alba.post(url, typed | {"booker_search": "Olaf Vik"})
    assert len(errors_at(by_name, "booker_search")) == 1
    assert nora.visits.count() == 0


def test_the_booker_is_found_by_typing(as_alba, casa_alba, nora, url, typed):
    olaf = make_guest(casa_alba, "Olaf Vik")

    as_alba.post(url, typed | {"booker_search": "olaf"})

    assert nora.visits.get().booker == olaf


def test_when_several_fit_the_booker_is_chosen_among_them(
    as_alba, casa_alba, nora, url, typed
):
    make_guest(casa_alba, "Olaf Vik")
    other = make_guest(casa_alba, "Olaf Berg", city="Stryn")
    asked = as_alba.post(url, typed | {"booker_search": "olaf"})
    assert errors_at(asked, "booker_search") == [
        "Several guests fit. Choose one of them below."
    ]
    assert "Olaf Berg, Stryn" in asked.content.decode()

    as_alba.post(url, typed | {"booker_search": "olaf", "booker": other.uuid})

    assert nora.visits.get().booker == other


def test_the_same_as_last_time_is_suggested(as_alba, casa_alba, nora, url):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    make_visit(nora, arrival_date=date(2026, 3, 1), venue=inn, kind="table", nights=0)

    form = as_alba.get(url).context["form"]

    assert (form.initial["venue"], form.initial["kind"]) == (inn.pk, "table")


def test_without_a_venue_the_page_says_what_to_do(as_alba, casa_alba, url):
    casa_alba.venues.update(is_active=False)

    page = as_alba.get(url).content.decode()

    assert "There is no venue to visit yet." in page
    assert '<form method="post" class="form' not in page


def test_a_visit_is_put_right_and_keeps_its_state(as_alba, nora, hotel, typed):
    visit = make_visit(nora, label="Room 1", external_id="pms-7")
    changes = {"label": "Room 2", "spend": "99"}

    as_alba.post(f"/casa-alba/visits/{visit.uuid}/edit/", typed | changes)

    visit.refresh_from_db()
    assert (visit.label, visit.spend, visit.state, visit.external_id) == (
        "Room 2", 9900, State.COMPLETED, "pms-7",
    )  # fmt: skip


def test_the_visit_comes_filled_in_booker_and_all(as_alba, casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Vik")
    visit = make_visit(nora, booker=olaf, spend=234_050, arrival_time=time(16))
    url = f"/casa-alba/visits/{visit.uuid}/edit/"

    page = as_alba.get(url).content.decode()

    assert "Olaf Vik" in page
    assert 'value="16:00"' in page
    form = as_alba.get(url).context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    as_alba.post(url, again | {"is_employer_paid": ""})
    unchanged = Visit.objects.get(pk=visit.pk)
    assert (unchanged.booker, unchanged.spend) == (olaf, 234_050)
    assert unchanged.updated_at == visit.updated_at


def test_the_booker_can_be_taken_away_and_exchanged(as_alba, casa_alba, nora, typed):
    olaf, kari = make_guest(casa_alba, "Olaf Vik"), make_guest(casa_alba, "Kari Vik")
    visit = make_visit(nora, booker=olaf)
    url = f"/casa-alba/visits/{visit.uuid}/edit/"

    as_alba.post(url, typed | {"booker": olaf.uuid, "booker_search": "kari"})
    visit.refresh_from_db()
    exchanged = visit.booker
    as_alba.post(url, typed | {"booker": ""})
    visit.refresh_from_db()

    assert (exchanged, visit.booker) == (kari, None)


def test_staff_of_one_venue_see_and_choose_only_its_visits(
    client, casa_alba, nora, url, typed, hotel
):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    user = make_user()
    staff = make_staff(casa_alba, user, Staff.Role.STAFF)
    staff.venues.add(inn)
    client.force_login(user)
    elsewhere = make_visit(nora, venue=hotel)

    seen = client.get(f"/casa-alba/visits/{elsewhere.uuid}/edit/").status_code
    refused = client.post(url, typed | {"venue": hotel.pk})

    assert seen == 404
    assert errors_at(refused, "venue") == [NOT_A_VENUE]


@pytest.mark.parametrize(
    "path", ["edit", "arrive", "depart", "cancel", "no-show", "undo"]
)
def test_a_visit_of_another_house_is_not_there(as_alba, bar_carla, path, typed):
    hers = make_visit(make_guest(bar_carla, "Olaf Vik"), state=State.BOOKED)

    url = f"/casa-alba/visits/{hers.uuid}/{path}/?to=in_house"
    response = as_alba.post(url, typed)

    hers.refresh_from_db()
    assert (response.status_code, hers.state) == (404, State.BOOKED)


def test_a_visit_over_the_night_when_clocks_change_has_its_nights(
    as_alba, nora, url, typed
):
    days = {"arrival_date": "2027-03-27", "departure_date": "2027-03-29"}

    as_alba.post(url, typed | days)

    visit = nora.visits.get()
    assert (visit.nights, visit.departure_date - visit.arrival_date) == (
        2,
        timedelta(days=2),
    )


@pytest.mark.parametrize(
    ("until", "last_day"),
    [
        ("2", date(2026, 11, 24)),
        ("2 nights", date(2026, 11, 24)),
        ("24.11.", date(2026, 11, 24)),
        ("24/11/2026", date(2026, 11, 24)),
        ("2026-11-24", date(2026, 11, 24)),
        ("3.1", date(2027, 1, 3)),
        ("0", date(2026, 11, 22)),
    ],
)
def test_how_long_is_said_in_nights_or_with_a_day(
    as_alba, nora, url, typed, until, last_day
):
    as_alba.post(url, typed | {"departure_date": until})

    assert nora.visits.get().departure_date == last_day


def test_nights_that_stood_there_mean_nothing_at_a_table(as_alba, nora, url, typed):
    as_alba.post(url, typed | {"kind": "table", "departure_date": "2 nights"})

    assert nora.visits.get().departure_date == TODAY


def test_without_a_day_nights_are_no_day_either(as_alba, nora, url, typed):
    days = {"arrival_date": "", "departure_date": "2"}

    response = as_alba.post(url, typed | days)

    assert errors_at(response, "arrival_date") == ["This field is required."]
    assert nora.visits.count() == 0


def test_they_are_here_now_with_one_button(as_alba, nora, url, typed):
    as_alba.post(url, typed | {"state": "booked", "here_now": "yes"})

    assert nora.visits.get().state == State.IN_HOUSE


def test_a_form_that_is_sent_twice_makes_one_visit(as_alba, nora, url, typed):
    token = as_alba.get(url).context["once"]

    as_alba.post(url, typed | {"once": token})
    as_alba.post(url, typed | {"once": token})

    assert nora.visits.count() == 1


def test_a_form_that_is_sent_again_with_other_words_leads_to_the_visit_of_before(
    as_alba, nora, url, typed
):
    token = as_alba.get(url).context["once"]
    as_alba.post(url, typed | {"once": token})

    again = as_alba.post(url, typed | {"once": token, "label": "Room 1"})

    visit = nora.visits.get()
    assert (visit.label, again.url) == (
        "Room 204", f"/casa-alba/visits/{visit.uuid}/edit/",
    )  # fmt: skip


def test_a_time_that_the_clock_skips_is_the_first_after_it(as_alba, nora, url, typed):
    night = {
        "arrival_date": "2027-03-28",
        "departure_date": "1",
        "arrival_time": "0230",
    }

    as_alba.post(url, typed | night)

    assert nora.visits.get().arrival_time == time(3)


def test_an_employer_pays_and_somebody_else_booked(
    as_alba, casa_alba, nora, url, typed
):
    olaf = make_guest(casa_alba, "Olaf Vik")

    as_alba.post(url, typed | {"is_employer_paid": "on", "booker_search": "olaf"})

    visit = nora.visits.get()
    assert (visit.is_employer_paid, visit.booker) == (True, olaf)


def test_a_visit_of_a_guest_who_was_forgotten_is_gone_and_the_words_are_kept(
    as_alba, nora, url, typed
):
    erase_guest(nora, actor=None, now=NOW)

    response = as_alba.post(url, typed)

    assert response.status_code == 404
    assert "Room 204" in response.content.decode()
    assert nora.visits.count() == 0


def test_a_guest_forgotten_while_the_visit_waits_gets_none(nora):
    facts = facts_of(make_visit(nora))
    erase_guest(nora, actor=None, now=NOW)

    with pytest.raises(GuestIsForgotten):
        record_visit(nora, facts=facts, actor=None, now=NOW)

    assert nora.visits.count() == 1


# Two people at once


@pytest.fixture
def visit(nora):
    return make_visit(nora, label="Room 1", spend=10_000, source="Phone")


def as_shown(client, visit):
    form = client.get(f"/casa-alba/visits/{visit.uuid}/edit/").context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, False)}


def test_what_two_people_change_is_put_together(as_alba, visit):
    url = f"/casa-alba/visits/{visit.uuid}/edit/"
    mine, theirs = as_shown(as_alba, visit), as_shown(as_alba, visit)

    as_alba.post(url, theirs | {"label": "Room 2"})
    page = as_alba.post(url, mine | {"spend": "250"}, follow=True).content.decode()

    visit.refresh_from_db()
    assert (visit.label, visit.spend) == ("Room 2", 25_000)
    assert "Saved, together with what others changed meanwhile." in page


def test_what_both_changed_is_asked_about_and_mine_is_taken_the_second_time(
    as_alba, visit
):
    url = f"/casa-alba/visits/{visit.uuid}/edit/"
    mine, theirs = as_shown(as_alba, visit), as_shown(as_alba, visit)
    as_alba.post(url, theirs | {"label": "Room 2"})

    asked = as_alba.post(url, mine | {"label": "Room 3"})

    assert errors_at(asked, "label") == [
        "Changed to “Room 2” meanwhile. Save again to keep yours."
    ]
    visit.refresh_from_db()
    assert visit.label == "Room 2"
    form = asked.context["form"]
    as_alba.post(url, mine | {"label": "Room 3", "began": form["began"].value()})
    visit.refresh_from_db()
    assert visit.label == "Room 3"


def test_days_that_make_no_sense_together_are_asked_about(as_alba, visit):
    url = f"/casa-alba/visits/{visit.uuid}/edit/"
    mine, theirs = as_shown(as_alba, visit), as_shown(as_alba, visit)
    # It was 20 to 22 November.
    as_alba.post(url, theirs | {"departure_date": "21.11.2026"})

    asked = as_alba.post(url, mine | {"arrival_date": "2026-11-22"})

    assert errors_at(asked, "departure_date") == [
        "Changed to “21 Nov 2026” meanwhile. Save again to keep yours."
    ]


@pytest.mark.parametrize("began", ["", "null", "[1]", "nonsense", '{"label": 7}'])
def test_what_nobody_can_read_of_before_breaks_nothing(as_alba, visit, began):
    url = f"/casa-alba/visits/{visit.uuid}/edit/"

    response = as_alba.post(url, as_shown(as_alba, visit) | {"began": began})

    assert response.status_code in {200, 302}


# Lines on the page


def rows(visit, *changes, empty=2):
    """Return what the form for lines sends, with ``changes`` to its rows."""
    lines = list(visit.lines.order_by("position"))
    typed = {
        "line-TOTAL_FORMS": len(lines) + empty,
        "line-INITIAL_FORMS": len(lines),
    }
    for number in range(len(lines) + empty):
        row = {"name": "", "category": "food", "quantity": "1", "amount": ""}
        if number < len(lines):
            line = lines[number]
            row = {
                "uuid": line.uuid, "name": line.name, "category": line.category,
                "quantity": line.quantity, "amount": str(line.amount // 100),
                "began": json.dumps(line_values(line)),
            }  # fmt: skip
        row |= changes[number] if number < len(changes) else {}
        typed |= {f"line-{number}-{name}": value for name, value in row.items()}
    return typed


def lines_url(visit):
    return f"/casa-alba/visits/{visit.uuid}/lines/"


def test_lines_are_written_where_they_stand(as_alba, visit):
    as_alba.post(
        lines_url(visit),
        rows(visit, {"name": "Soup", "amount": "1 80,50"}, {"name": "Bread"}),
    )

    written = [(line.name, line.amount) for line in visit.lines.order_by("position")]
    assert written == [("Soup", 18_050), ("Bread", 0)]


def test_htmx_gets_the_lines_alone_with_the_sum(as_alba, visit):
    answer = as_alba.post(
        lines_url(visit),
        rows(visit, {"name": "Soup", "amount": "180"}),
        headers={"HX-Request": "true"},
    ).content.decode()

    assert "<html" not in answer
    assert "<b>180\xa0kr</b> in all" in answer
    assert "The lines add up to 180\xa0kr, more than the spend of 100\xa0kr." in answer


def test_the_sum_is_offered_as_the_spend_and_taken(as_alba, visit):
    as_alba.post(lines_url(visit), rows(visit, {"name": "Soup", "amount": "180"}))

    as_alba.post(f"{lines_url(visit)}sum/")

    visit.refresh_from_db()
    assert visit.spend == 18_000


def test_an_empty_spend_becomes_what_the_lines_add_up_to(as_alba, visit):
    make_line(visit, "Soup", amount=18_000)
    shown = as_shown(as_alba, visit)

    as_alba.post(f"/casa-alba/visits/{visit.uuid}/edit/", shown | {"spend": ""})

    visit.refresh_from_db()
    assert visit.spend == 18_000


def test_a_line_is_removed_by_its_tick_whatever_else_is_wrong_with_it(as_alba, visit):
    make_line(visit, "Soup")
    make_line(visit, "Bread", position=1)

    as_alba.post(
        lines_url(visit), rows(visit, {"remove": "on", "name": "", "quantity": "0"})
    )

    assert [line.name for line in visit.lines.all()] == ["Bread"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"name": "", "amount": "180"}, "What was it?"),
        ({"name": "Soup", "amount": "-1"}, "It cannot be below zero."),
        ({"name": "Soup", "quantity": "0"}, "Write how many there were."),
        ({"name": "Soup", "quantity": "40612345"}, "Is that number right?"),
        ({"name": "Soup", "category": "gold"}, "gold"),
        ({"name": "For 4111 1111 1111 1111"}, "There is a card number in this."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_wrong_row_is_said_and_nothing_is_written(
    as_alba, visit, row, sentence, headers
):
    response = as_alba.post(lines_url(visit), rows(visit, row), headers=headers)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert visit.lines.count() == 0


def test_a_line_that_somebody_else_changed_is_asked_about(as_alba, visit):
    make_line(visit, "Soup", amount=18_000)
    mine = rows(visit, {"amount": "300"})
    as_alba.post(lines_url(visit), rows(visit, {"amount": "200"}))

    page = as_alba.post(lines_url(visit), mine).content.decode()

    assert "Changed to “1 × Soup, 200\xa0kr” meanwhile." in page
    assert visit.lines.get().amount == 20_000


@pytest.mark.parametrize(
    "typed",
    [{}, {"line-TOTAL_FORMS": "9999999", "line-INITIAL_FORMS": "x"},
     {"line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "1", "line-0-uuid": "x"}],
)  # fmt: skip
def test_a_form_that_no_browser_sent_breaks_nothing(as_alba, visit, typed):
    response = as_alba.post(lines_url(visit), typed)

    assert response.status_code in {200, 302}
    assert visit.lines.count() == 0


def test_the_page_tells_who_did_what(as_alba, visit):
    as_alba.post(lines_url(visit), rows(visit, {"name": "Soup", "amount": "180"}))

    page = as_alba.get(f"/casa-alba/visits/{visit.uuid}/edit/").content.decode()

    assert "Who did what" in page
    assert "Alba Solheim" in page


def test_the_story_says_shortly_what_they_had(as_alba, nora, visit):
    for position, name in enumerate(("Dinner", "Spa", "Wine", "Cake")):
        make_line(visit, name, position=position)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/").content.decode()

    assert "Dinner, Spa, +2" in page


def test_a_walk_in_sent_again_after_the_guest_was_forgotten_is_said_to_be_gone(
    as_alba, casa_alba, alba
):
    page = as_alba.get("/casa-alba/visits/new/").text
    (once,) = re.findall(r'name="once" value="([^"]+)"', page)
    typed = {
        "name": "Nora Vik",
        "kind": "table",
        "venue": casa_alba.venues.get().pk,
        "arrival_date": "2026-11-22",
        "party_size": "2",
        "state": "completed",
        "once": once,
    }
    as_alba.post("/casa-alba/visits/new/", typed)
    guest = casa_alba.guests.get(display_name="Nora Vik")
    erase_guest(guest, actor=alba, now=NOW)

    answer = as_alba.post("/casa-alba/visits/new/", typed)

    assert answer.status_code == 404
    assert "Nora Vik" not in casa_alba.guests.values_list("display_name", flat=True)
