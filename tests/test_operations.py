import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def test_every_setting_is_in_the_table_and_every_row_is_a_setting():
    source = (ROOT / "crm" / "settings.py").read_text()
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', source))
    guide = (ROOT / "docs" / "operations.md").read_text()
    table = guide.split("## Settings")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}

    assert documented == read


def test_the_example_of_an_environment_names_real_settings():
    source = (ROOT / "crm" / "settings.py").read_text()
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', source))
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))

    assert named - read == {"POSTGRES_PASSWORD"}


def test_the_compose_file_makes_the_database_like_the_built_in_one():
    compose = (ROOT / "docker-compose.yml").read_text()

    assert (
        "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --encoding=UTF8"
    ) in compose
