import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError

from crm.accounts.passwords import DEMO_PASSWORD
from tests.factories import make_user


def test_the_password_of_the_demo_is_refused_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(ValidationError, match="the password of the demo"):
        validate_password(DEMO_PASSWORD)


def test_it_is_fine_in_the_demo(settings):
    settings.DEMO = True

    assert validate_password(DEMO_PASSWORD) is None


@pytest.mark.parametrize(("is_demo", "gets_in"), [(True, True), (False, False)])
@pytest.mark.django_db
def test_people_of_a_demo_cannot_sign_in_when_its_data_is_used_for_real(
    client, settings, is_demo, gets_in
):
    cache.clear()
    settings.DEMO = is_demo
    alba = make_user("owner@solvik.example", password=DEMO_PASSWORD)

    client.post("/accounts/login/", {"login": alba.email, "password": DEMO_PASSWORD})

    assert ("_auth_user_id" in client.session) is gets_in
