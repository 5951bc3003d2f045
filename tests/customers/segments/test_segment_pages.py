import pytest

from crm.tenancy.models import Staff
from customers.models import Segment
from tests.factories import (
    make_guest,
    make_segment,
    make_staff,
    make_user,
    make_visit,
)
from tests.outreach.builders import make_automation
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

SEGMENTS = "/casa-alba/segments/"
FROM_SWEDEN = {"all": [{"field": "guest.country", "is": "one_of", "value": ["SE"]}]}
GONE = {"all": [{"field": "guest.gone", "is": "yes"}]}


@pytest.fixture
def as_manager(client, casa_alba):
    person = make_user(name="Bea Brun")
    make_staff(casa_alba, person, Staff.Role.MANAGER)
    client.force_login(person)
    return client


@pytest.fixture
def swedes(casa_alba):
    return make_segment(casa_alba, name="Swedes", rules=FROM_SWEDEN)


def test_a_house_without_segments_is_told_what_they_are_for(as_manager):
    page = as_manager.get(SEGMENTS).text

    assert "No segments yet" in page


def test_the_list_says_what_each_segment_asks(as_manager, swedes):
    page = as_manager.get(SEGMENTS).text

    assert "Swedes" in page
    assert "Sweden" in page


def test_the_list_costs_the_same_for_one_segment_and_for_thirty(
    as_manager, casa_alba, swedes
):
    for_one = count_queries(as_manager, SEGMENTS)
    for number in range(29):
        make_segment(casa_alba, name=f"Swedes {number}", rules=FROM_SWEDEN)

    assert count_queries(as_manager, SEGMENTS) == for_one


def test_the_count_and_the_share_come_by_themselves(as_manager, casa_alba, swedes):
    make_guest(casa_alba, country="SE")
    make_guest(casa_alba, country="NO")

    part = as_manager.get(f"{SEGMENTS}{swedes.uuid}/count/").text

    assert "1" in part
    assert "50.0 % of all" in part.replace("\xa0", " ").replace("\u202f", " ")


def test_the_page_of_a_segment_shows_its_first_guests(as_manager, casa_alba, swedes):
    make_guest(casa_alba, display_name="Astrid Ek", country="SE")
    make_guest(casa_alba, display_name="Nora Dal", country="NO")

    page = as_manager.get(f"{SEGMENTS}{swedes.uuid}/").text

    assert "Astrid Ek" in page
    assert "Nora Dal" not in page


def test_rules_that_lost_their_sense_are_said_and_find_nobody(as_manager, casa_alba):
    make_guest(casa_alba, display_name="Astrid Ek")
    gone = make_segment(casa_alba, name="Gone", rules=GONE)

    page = as_manager.get(f"{SEGMENTS}{gone.uuid}/").text
    listed = as_manager.get(f"/casa-alba/guests/?segment={gone.uuid}").text
    edited = as_manager.get(f"{SEGMENTS}{gone.uuid}/edit/")

    assert "These rules no longer make sense" in page
    assert "Astrid Ek" not in page
    assert "Astrid Ek" not in listed
    assert edited.status_code == 200


def test_the_guest_list_can_be_narrowed_to_a_segment(as_manager, casa_alba, swedes):
    make_guest(casa_alba, display_name="Astrid Ek", country="SE")
    make_guest(casa_alba, display_name="Nora Dal", country="NO")

    page = as_manager.get(f"/casa-alba/guests/?segment={swedes.uuid}").text

    assert "in the segment “Swedes”" in page
    assert "Astrid Ek" in page
    assert "Nora Dal" not in page


def test_why_somebody_is_in_it_and_somebody_else_is_not(as_manager, casa_alba, swedes):
    astrid = make_guest(casa_alba, display_name="Astrid Ek", country="SE")
    nora = make_guest(casa_alba, display_name="Nora Dal", country="NO")

    why = as_manager.get(f"{SEGMENTS}{swedes.uuid}/why/{astrid.uuid}/").text
    why_not = as_manager.get(f"{SEGMENTS}{swedes.uuid}/why/{nora.uuid}/").text

    assert "Astrid Ek is in it" in why
    assert "Nora Dal is not in it" in why_not
    assert "Not true:" in why_not


def test_the_guest_page_asks_for_the_segments_and_gets_those_the_guest_is_in(
    as_manager, casa_alba, swedes
):
    astrid = make_guest(casa_alba, display_name="Astrid Ek", country="SE")
    make_segment(casa_alba, name="Gone", rules=GONE)

    page = as_manager.get(f"/casa-alba/guests/{astrid.uuid}/").text
    part = as_manager.get(
        f"/casa-alba/guests/{astrid.uuid}/segments/", headers={"hx-request": "true"}
    ).text

    assert f"/casa-alba/guests/{astrid.uuid}/segments/" in page
    assert "Swedes" in part
    assert "Gone" not in part
    assert "<html" not in part


def test_a_copy_is_called_after_the_first_and_is_opened_to_change(
    as_manager, casa_alba, swedes
):
    answers = [as_manager.post(f"{SEGMENTS}{swedes.uuid}/copy/") for _ in range(2)]

    copies = casa_alba.segments.exclude(pk=swedes.pk).order_by("name")
    assert [copy.name for copy in copies] == ["Swedes (2)", "Swedes (3)"]
    assert [copy.rules for copy in copies] == [FROM_SWEDEN, FROM_SWEDEN]
    assert answers[0].url == f"{SEGMENTS}{copies[0].uuid}/edit/"


def test_a_deleted_segment_can_be_brought_back_as_it_was(as_manager, casa_alba, swedes):
    page = as_manager.post(f"{SEGMENTS}{swedes.uuid}/delete/", follow=True).text
    is_gone = not casa_alba.segments.exists()
    as_manager.post(f"{SEGMENTS}{swedes.uuid}/restore/")

    back = casa_alba.segments.get()
    assert "“Swedes” is deleted." in page
    assert is_gone
    assert (back.uuid, back.name, back.rules) == (swedes.uuid, "Swedes", FROM_SWEDEN)


def test_nobody_brings_back_what_somebody_else_deleted(as_manager, casa_alba, swedes):
    swedes.delete()

    answer = as_manager.post(f"{SEGMENTS}{swedes.uuid}/restore/")

    assert answer.status_code == 404


def test_a_segment_an_automation_uses_stays(as_manager, casa_alba, swedes):
    make_automation(casa_alba, name="Come back", segment=swedes)

    page = as_manager.post(f"{SEGMENTS}{swedes.uuid}/delete/", follow=True).text

    assert "“Swedes” is in use, so it stays." in page
    assert "Come back" in page
    assert Segment.objects.filter(pk=swedes.pk).exists()


def test_segments_of_another_house_are_not_there(as_manager, bar_carla):
    other = make_segment(bar_carla, name="Theirs", rules={})

    pages = [
        as_manager.get(f"{SEGMENTS}{other.uuid}/{path}").status_code
        for path in ("", "edit/", "count/")
    ]

    assert pages == [404, 404, 404]
    assert "Theirs" not in as_manager.get("/casa-alba/guests/").text


def test_guests_of_another_house_are_not_counted(as_manager, bar_carla, swedes):
    make_visit(make_guest(bar_carla, country="SE"))

    part = as_manager.get(f"{SEGMENTS}{swedes.uuid}/count/").text

    assert '<p class="sum-number">0</p>' in part
