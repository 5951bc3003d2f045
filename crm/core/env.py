"""Read settings from the environment, and refuse nonsense with a sentence.

Only ``crm.settings`` calls this. Every reader also looks for ``NAME_FILE``, the way
container secrets are handed over.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def env_text(name: str, default: str = "") -> str:
    """Return the value of ``name``, or of the file that ``NAME_FILE`` points at."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE cannot be read: {error.strerror}."
            ) from error
    return os.environ.get(name, default).strip()


def env_bool(name: str, *, default: bool) -> bool:
    """Return a yes or no. Raise ImproperlyConfigured on any other word."""
    value = env_text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def env_int(name: str, *, default: int, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, both included."""
    value = env_text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {low} to {high}, not {value!r}."
        )
    return number


def env_list(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """Return comma-separated words, stripped, empty ones left out."""
    value = env_text(name)
    if not value:
        return list(default)
    return [word for part in value.split(",") if (word := part.strip())]


def env_choice(name: str, *, default: str, choices: Sequence[str]) -> str:
    """Return one of ``choices``."""
    value = env_text(name) or default
    if value not in choices:
        raise ImproperlyConfigured(
            f"{name} must be one of {', '.join(choices)}, not {value!r}."
        )
    return value


def env_url(name: str, *, default: str, schemes: Sequence[str]) -> str:
    """Return a URL with one of ``schemes``. The value itself is never repeated back:
    it often holds a password.
    """
    value = env_text(name) or default
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must be a URL that starts with "
            + " or ".join(f"{scheme}://" for scheme in schemes)
            + "."
        )
    return value
