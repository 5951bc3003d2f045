"""The cast. Alba owns Casa Alba, Bruno may only look, Carla owns Bar Carla and must see
nothing of Casa Alba. Everything else is made in the test that is about it."""

import pytest

from crm.tenancy.models import Staff, Venue
from tests.factories import make_business, make_staff, make_user, make_venue


@pytest.fixture
def casa_alba(db):
    business = make_business("Casa Alba", slug="casa-alba")
    make_venue(business, "Hotellet", kind=Venue.Kind.HOTEL)
    return business


@pytest.fixture
def alba(casa_alba):
    user = make_user("alba@casa-alba.example", name="Alba Solheim")
    make_staff(casa_alba, user, Staff.Role.OWNER)
    return user


@pytest.fixture
def bruno(casa_alba):
    user = make_user("bruno@casa-alba.example", name="Bruno Vik")
    make_staff(casa_alba, user, Staff.Role.VIEWER)
    return user


@pytest.fixture
def bar_carla(db):
    business = make_business("Bar Carla", slug="bar-carla")
    make_venue(business, "Baren", kind=Venue.Kind.CAFE)
    return business


@pytest.fixture
def carla(bar_carla):
    user = make_user("carla@bar-carla.example", name="Carla Holm")
    make_staff(bar_carla, user, Staff.Role.OWNER)
    return user


@pytest.fixture
def as_alba(client, alba):
    client.force_login(alba)
    return client
