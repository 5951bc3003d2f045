import pytest

from crm.devtools import throwaway


@pytest.mark.django_db
def test_the_database_of_a_run_has_every_table_and_is_nobody_elses():
    from django.db import connection

    tables = connection.introspection.table_names()

    assert connection.settings_dict["NAME"].startswith(throwaway.DATABASES)
    assert {"accounts_user", "customers_guest", "crm_cache"} <= set(tables)


def test_the_template_is_named_for_the_state_of_the_schema(tmp_path, monkeypatch):
    before = throwaway.schema_key()
    extra = tmp_path / "customers" / "migrations" / "0002_more.py"
    monkeypatch.setattr(throwaway, "BASE_DIR", tmp_path)
    extra.parent.mkdir(parents=True)
    extra.write_text("operations = []\n")

    changed = throwaway.schema_key()
    extra.write_text("operations = [1]\n")

    assert len({before, changed, throwaway.schema_key()}) == 3
