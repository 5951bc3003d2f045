import pytest

from crm.tenancy.models import Staff
from tests.factories import make_staff, make_user


@pytest.mark.django_db
def test_a_new_installation_says_exactly_what_to_type(client):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "python manage.py create_business" in answer.text


def test_a_stranger_is_asked_to_sign_in(client, casa_alba):
    answer = client.get("/")

    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/")


def test_the_only_business_opens_by_itself(as_alba):
    answer = as_alba.get("/")

    assert (answer.status_code, answer.url) == (302, "/casa-alba/")


def test_several_businesses_are_offered_by_name(as_alba, alba, bar_carla):
    make_staff(bar_carla, alba, Staff.Role.VIEWER)

    answer = as_alba.get("/")

    offered = [place.business.name for place in answer.context["places"]]
    assert offered == ["Bar Carla", "Casa Alba"]
    assert 'href="/bar-carla/"' in answer.text


def test_who_works_nowhere_is_told_what_to_do(client, casa_alba):
    client.force_login(make_user("lost@example.org"))

    answer = client.get("/")

    assert answer.status_code == 200
    assert "you do not work for any business here" in answer.text
