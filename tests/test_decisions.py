"""What the documents promise to list is listed."""

from importlib import import_module
from pathlib import Path

from django.dispatch import Signal

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crm", "customers", "loyalty", "surveys", "outreach")


def _signals():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("signals.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for attribute, value in vars(import_module(name)).items():
                if isinstance(value, Signal):
                    yield f"{name}.{attribute}"


def test_every_signal_is_listed_with_who_hears_it():
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")

    missing = [name for name in _signals() if f"`{name}`" not in decisions]

    assert missing == []
