"""What docs/faults.md says is played through is played through."""

import re

from crm.devtools.places import BASE_DIR

LIST = (BASE_DIR / "docs" / "faults.md").read_text(encoding="utf-8")


def test_every_fault_of_the_list_has_a_test_that_exists():
    rows = re.findall(r"^\| (\d+) \|(.*)$", LIST, re.MULTILINE)
    named = {
        int(number): re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        for number, row in rows
    }

    missing = [
        f"{path}::{name}"
        for tests in named.values()
        for path, name in tests
        if f"def {name}(" not in (BASE_DIR / path).read_text(encoding="utf-8")
    ]

    assert missing == []
    assert sorted(named) == list(range(1, 26))
    assert all(named.values())
