"""What belongs to one business does not exist for another."""

from uuid import UUID

import pytest

from crm.tenancy.models import Staff
from tests.factories import make_staff
from tests.full_house import make_full_house
from tests.test_doors import ACTIONS, below, statuses
from tests.url_walk import tenant_doors


@pytest.fixture
def house(casa_alba, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return make_full_house(casa_alba, alba)


@pytest.fixture
def as_carla(client, carla):
    client.force_login(carla)
    return client


def rows_of(business):
    """Return every row of every kind that belongs to the business, as text."""
    return {
        relation.name: sorted(
            str(row)
            for row in relation.related_model.objects.filter(business=business).values()
        )
        for relation in type(business)._meta.related_objects
        if relation.field.name == "business"
    }


def test_the_house_has_something_of_every_kind_to_steal(house):
    empty = {name for name, rows in rows_of(house.business).items() if not rows}

    assert empty == set()


def test_a_stranger_finds_no_business_here(as_carla, house):
    before = rows_of(house.business)

    answers = {
        (method, door.route): status
        for door in tenant_doors()
        for method, status in statuses(as_carla, door, "casa-alba", house.ids).items()
        if status != 404
    }

    assert answers == {}
    assert rows_of(house.business) == before


def test_a_stranger_finds_nothing_of_it_at_home_either(as_carla, house):
    before = rows_of(house.business)

    answers = {
        (method, door.route): status
        for door in tenant_doors()
        if "uuid" in door.route
        for method, status in statuses(as_carla, door, "bar-carla", house.ids).items()
        if status != 404
    }

    assert answers == {}
    assert rows_of(house.business) == before


def test_a_business_that_does_not_exist_answers_the_same(as_carla, house):
    answers = {
        (method, door.route): status
        for door in tenant_doors()
        for method, status in statuses(as_carla, door, "nowhere", house.ids).items()
        if status != 404
    }

    assert answers == {}


def test_no_page_of_one_house_names_anything_of_another(client, alba, house, bar_carla):
    make_staff(bar_carla, alba, Staff.Role.OWNER)
    client.force_login(alba)

    for door in tenant_doors():
        if "uuid" in door.route or "<int:" in door.route or below(door) in ACTIONS:
            continue
        page = client.get(door.path("bar-carla", {}), follow=True).text
        leaked = [
            name
            for name, value in house.ids.items()
            if isinstance(value, UUID) and str(value) in page
        ]
        assert (door.route, leaked, "Nora" in page) == (door.route, [], False)


def test_a_search_finds_ones_own_guests_only(client, alba, house, bar_carla):
    make_staff(bar_carla, alba, Staff.Role.OWNER)
    client.force_login(alba)

    at_home = client.get("/casa-alba/guests/?q=nora").text
    elsewhere = client.get("/bar-carla/guests/?q=nora").text

    assert (str(house.guest.uuid) in at_home, str(house.guest.uuid) in elsewhere) == (
        True,
        False,
    )
