import re
from datetime import date, timedelta

import pytest

from crm.tenancy.models import Venue
from customers.models import GuestTag, Purpose, Visit
from tests.factories import (
    NOW,
    TODAY,
    allow,
    make_field,
    make_guest,
    make_line,
    make_note,
    make_policy_step,
    make_preference,
    make_promise,
    make_response,
    make_staff,
    make_tag,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State


def url_of(guest, path=""):
    return f"/{guest.business.slug}/guests/{guest.uuid}/{path}"


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def test_the_page_says_who_this_is_and_how_to_greet_them(as_alba, casa_alba):
    nora = make_guest(
        casa_alba,
        "Nora Østby",
        phones=("406 12 345",),
        emails=("nora@example.no",),
        birthday_day=24,
        birthday_month=11,
        is_vip=True,
        street="Fjordgata 3",
        postal_code="6783",
        city="Stryn",
        country="NO",
    )
    make_visit(nora, arrival_date=TODAY - timedelta(days=76), nights=2, spend=48_200_00)
    make_visit(nora, state=State.BOOKED, arrival_date=TODAY + timedelta(days=1))

    words = words_of(as_alba.get(url_of(nora)))

    facts = [
        "Say “Nora”",
        "speaks Norwegian (bokmål)",
        "+47 40 61 23 45",
        "nora@example.no",
        "VIP",
        "Birthday Tue 24 Nov",
        "Visits 1",
        "Nights 2",
        "48 200 kr",
        "Last here 74 days ago",
        "Next arrival tomorrow",
        "Fjordgata 3 6783 Stryn Norway",
        "Coming tomorrow",
    ]
    assert [fact for fact in facts if fact not in words] == []


def test_looking_is_logged_once_a_look(as_alba, alba, nora):
    as_alba.get(url_of(nora))

    event = nora.business.audit_events.latest("pk")
    assert (event.actor, event.action, event.object_ref, event.fields) == (
        alba,
        "viewed",
        str(nora.uuid),
        [],
    )
    assert nora.business.audit_events.filter(action="viewed").count() == 1


def test_a_stranger_does_not_exist(client, carla, nora):
    client.force_login(carla)

    answers = [
        client.get(url_of(nora, path)).status_code
        for path in ("", "timeline/", "edit/", "visits/new/")
    ]

    assert answers == [404, 404, 404, 404]


def live(guest, visits, others):
    """Give the guest a life: many visits with what was had, and more of all the rest."""
    business = guest.business
    made = Visit.objects.bulk_create(
        Visit(
            business=business,
            guest=guest,
            venue=business.venues.get(),
            kind="stay",
            state=State.COMPLETED,
            arrival_date=TODAY - timedelta(days=3 * number + 3),
            departure_date=TODAY - timedelta(days=3 * number + 2),
            created_at=NOW,
            updated_at=NOW,
            completed_at=NOW,
        )
        for number in visits
    )
    for visit in made:
        make_line(visit, "Fish soup")
        make_line(visit, "Waffles")
    for number in others:
        make_note(guest, f"Word {number}", is_pinned=number < 3)
        make_preference(guest, f"Kind {number % 9}", f"Wish {number}")
        tag = make_tag(business, f"Tag {number}")
        GuestTag.objects.create(business=business, guest=guest, tag=tag, given_at=NOW)
        make_field(business, f"Field {number}")
        make_policy_step(business, f"Step {number}")
        coming = make_visit(
            guest, state=State.BOOKED, arrival_date=TODAY + timedelta(days=number)
        )
        make_line(coming, "Fish soup")
        make_promise(guest, f"Promise {number}", visit=coming)
        make_promise(guest, f"Sometime {number}")
        make_response(make_visit(guest), comment=f"Fine {number}")


# Who asks, what the frame of a page needs, and for each app a few: what it says beside
# the name, on the card, in its panels and in the story.
MOST_QUERIES = 72


def test_the_page_costs_the_same_for_one_visit_and_for_three_hundred(as_alba, nora):
    allow(nora)
    live(nora, visits=range(1), others=range(1))
    # The first look is written down, the next ones soon after are not.
    as_alba.get(url_of(nora))
    for_one = count_queries(as_alba, url_of(nora))

    live(nora, visits=range(1, 300), others=range(1, 12))
    for_three_hundred = count_queries(as_alba, url_of(nora))

    assert nora.visits.filter(state=State.COMPLETED).count() == 312
    assert for_three_hundred == for_one <= MOST_QUERIES


def test_the_first_screen_is_one_request(as_alba, nora):
    live(nora, visits=range(3), others=range(2))

    page = as_alba.get(url_of(nora)).content.decode()

    # Only what is older is fetched when it comes into sight.
    assert re.findall(r'hx-trigger="([^"]*load[^"]*)"', page) == []
    assert page.index('id="guest-name"') < page.index("Promise 0") < page.index("story")


def test_the_story_goes_on_by_link_and_by_htmx(as_alba, nora):
    for number in range(25):
        make_visit(nora, arrival_date=date(2024, 1, 1) + timedelta(days=number))
    first = as_alba.get(url_of(nora))
    older = re.search(r'href="([^"]*timeline[^"]*)"', first.content.decode())[1]

    plain = as_alba.get(older)
    part = as_alba.get(older, headers={"HX-Request": "true"}).content.decode()

    shown = len(first.context["story"].entries)
    assert shown + len(plain.context["story"].entries) == 25
    assert "<html" in plain.content.decode()
    assert part.lstrip().startswith(("<li", "\n"))
    assert "<html" not in part


@pytest.mark.parametrize(
    "before",
    [
        "",
        "yesterday",
        "2026-13-45T00:00:00Z",
        "2026-11-22T10:00:00",
        "2199-01-01T00:00:00%2B23:59",
        "0001-01-01T00:00:00%2B14:00",
        "%00",
    ],
)
def test_a_moment_that_cannot_be_read_is_now(as_alba, nora, before):
    make_visit(nora)

    response = as_alba.get(url_of(nora, f"timeline/?before={before}"))

    assert len(response.context["story"].entries) == 1


def test_a_visit_is_moved_from_here_only_by_who_sees_its_venue(client, casa_alba, nora):
    make_visit(nora, state=State.BOOKED, arrival_date=TODAY)
    user = make_user()
    staff = make_staff(casa_alba, user, "staff")
    client.force_login(user)
    everything = client.get(url_of(nora)).content.decode()

    staff.venues.add(make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT))
    kitchen = client.get(url_of(nora)).content.decode()

    assert ("/arrive/" in everything, "/arrive/" in kitchen) == (True, False)


def test_what_they_said_stands_in_the_story(as_alba, nora):
    allow(nora, Purpose.SURVEY)
    allow(nora, Purpose.MARKETING)

    words = words_of(as_alba.get(url_of(nora)))

    assert "Said yes to questions about how it was, news and offers (Email)" in words
