from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection


def found(*, deploy=False, databases=None):
    messages = run_checks(include_deployment_checks=deploy, databases=databases)
    return {
        message.id: message for message in messages if message.id.startswith("crm.")
    }


@pytest.fixture(autouse=True)
def _a_real_installation(settings):
    settings.DEMO = settings.DEBUG = False
    settings.SITE_URL, settings.IS_SECURE = "https://guests.example.org", True
    settings.HAS_OWN_LINK_KEYS = settings.HAS_OWN_ADDRESS_HASH_KEY = True
    settings.HAS_OWN_FIELD_ENCRYPTION_KEYS = True
    settings.DEFAULT_FROM_EMAIL = "Solvik <post@solvik.example>"


@pytest.mark.django_db
def test_a_well_kept_installation_has_nothing_to_hear():
    assert found(deploy=True, databases=["default"]) == {}


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"DEMO": True}, "crm.E001"),
        ({"DEBUG": True}, "crm.E002"),
        ({"MEDIA_ROOT": Path("/dev/null/files")}, "crm.E003"),
        ({"HAS_OWN_FIELD_ENCRYPTION_KEYS": False}, "crm.E006"),
        ({"SEND_LEASE_SECONDS": 39}, "crm.E007"),
    ],
)
def test_what_must_not_be_is_an_error_with_a_hint(settings, changes, check):
    for name, value in changes.items():
        setattr(settings, name, value)

    problems = found()

    assert set(problems) == {check}
    assert problems[check].hint
    assert problems[check].is_serious()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"IS_SECURE": False}, "crm.W001"),
        ({"HAS_OWN_LINK_KEYS": False}, "crm.W002"),
        ({"HAS_OWN_ADDRESS_HASH_KEY": False}, "crm.W003"),
        ({"DEFAULT_FROM_EMAIL": "gjensyn@localhost"}, "crm.W004"),
        (
            {
                "HAS_OWN_FIELD_ENCRYPTION_KEYS": False,
                "SITE_URL": "http://localhost:8000",
            },
            "crm.W007",
        ),
        ({"FIELD_ENCRYPTION_KEYS": ["winter"]}, "crm.W008"),
    ],
)
def test_what_is_unwise_for_an_installation_is_a_warning(settings, changes, check):
    for name, value in changes.items():
        setattr(settings, name, value)

    assert set(found()) == set()
    assert set(found(deploy=True)) == {check}


@pytest.mark.parametrize("name", ["DEMO", "DEBUG"])
def test_on_ones_own_machine_the_demo_is_fine(settings, name):
    setattr(settings, name, True)
    settings.SITE_URL = "http://localhost:8123"

    assert found() == {}


@pytest.mark.django_db
def test_an_extension_that_is_not_installed_is_missed(monkeypatch):
    monkeypatch.setattr("crm.checks.EXTENSIONS", frozenset({"pg_trgm", "pg_nothing"}))

    assert "no pg_nothing" in found(databases=["default"])["crm.E005"].msg


@pytest.mark.django_db
def test_an_old_postgres_is_refused(monkeypatch):
    monkeypatch.setattr("crm.checks.OLDEST_POSTGRES", 990_000)

    assert "needs 18 or newer" in found(databases=["default"])["crm.E004"].msg


@pytest.mark.django_db
def test_another_locale_is_a_warning():
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_database SET datlocprovider = 'c', datlocale = NULL "
            "WHERE datname = current_database()"
        )

    assert set(found(databases=["default"])) == {"crm.W005"}


@pytest.mark.django_db
def test_a_missing_table_of_counters_is_a_warning(settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "not_there"}
    }

    assert set(found(databases=["default"])) == {"crm.W006"}


@pytest.mark.django_db
def test_the_command_asks_the_database_too(capsys):
    call_command("check", databases=["default"], fail_level="WARNING")

    assert "no issues" in capsys.readouterr().out
