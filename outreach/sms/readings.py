"""Read what providers write, which may be anything: never more than was meant."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from crm.core.json_depth import is_nested_too_deep

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_MOST_IN_ID = 250
_LARGEST = 10**9


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in ``body``; an empty one for whatever else it is."""
    if is_nested_too_deep(body):
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def text_in(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def id_in(fields: Mapping[str, Any], name: str) -> str:
    """Return the provider's own name of a message; empty when there is none to keep."""
    found = text_in(fields, name)
    return found if 0 < len(found) <= _MOST_IN_ID and found.isprintable() else ""


def code_in(fields: Mapping[str, Any], name: str) -> str:
    """Return a code fit to be kept: words of a provider may quote a guest's number."""
    found = fields.get(name)
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        return ""
    code = str(found)
    return code if _CODE.fullmatch(code) else ""


def count_in(fields: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number from 0 on, also where it is written as text."""
    found = fields.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found) if len(found) < 10 else None
    if isinstance(found, bool) or not isinstance(found, int):
        return None
    return found if 0 <= found <= _LARGEST else None


def uuid_in(fields: Mapping[str, Any], name: str) -> UUID | None:
    try:
        return UUID(text_in(fields, name))
    except ValueError:
        return None


def instant_in(fields: Mapping[str, Any], name: str) -> datetime | None:
    """Return an ISO 8601 or RFC 2822 time; without a zone it is UTC."""
    text = text_in(fields, name)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, OverflowError):
            continue
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return None


def phone_in(fields: Mapping[str, Any], name: str) -> str:
    """Return a number with its plus, which some providers leave out; a name as it is."""
    found = text_in(fields, name)
    is_bare = found.isascii() and found.isdigit() and len(found) > 6
    return f"+{found}" if is_bare else found[:_MOST_IN_ID]
