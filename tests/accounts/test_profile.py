import pytest

from tests.factories import make_user


@pytest.fixture
def siv(client, db):
    siv = make_user("siv@example.org", name="Siv Lie")
    client.force_login(siv)
    return siv


def test_name_and_language_are_ones_own(client, siv):
    answer = client.post(
        "/accounts/profile/", {"name": "Siv Anne Lie", "language": "nb"}
    )

    siv.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/accounts/profile/")
    assert (siv.name, siv.language) == ("Siv Anne Lie", "nb")
    assert client.get("/accounts/profile/").headers["Content-Language"] == "nb"


@pytest.mark.parametrize("typed", [{"name": ""}, {"language": "fi"}])
def test_nonsense_changes_nothing(client, siv, typed):
    answer = client.post(
        "/accounts/profile/", {"name": "Siv", "language": "en"} | typed
    )

    siv.refresh_from_db()
    assert answer.status_code == 200
    assert (siv.name, siv.language) == ("Siv Lie", "en")


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(client):
    answer = client.get("/accounts/profile/")

    assert answer.url == "/accounts/login/?next=/accounts/profile/"
