import pytest

from crm.core.json_depth import is_nested_too_deep


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", False),
        (b"[" * 100 + b"]" * 100, False),
        (b"[" * 101 + b"]" * 101, True),
        (b'{"a":' * 200_000, True),
        (b"[{}," * 99 + b"]" * 99, False),
        (b"[]" * 1_000, False),
        (b"]" * 1_000, False),
    ],
    ids=lambda value: str(value)[:12],
)
def test_only_what_nobody_means_is_too_deep(text, expected):
    assert is_nested_too_deep(text) is expected
