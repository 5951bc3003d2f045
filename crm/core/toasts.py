"""Say what happened, once, on the next page; with a way back where there is one."""

from django.contrib import messages
from django.http import HttpRequest

_UNDO_TAG = "undo:"


def toast(
    request: HttpRequest,
    text: str,
    *,
    undo_url: str = "",
    level: int = messages.SUCCESS,
) -> None:
    """Show ``text`` on the next page. ``undo_url`` is posted to by its Undo button."""
    messages.add_message(
        request, level, text, extra_tags=f"{_UNDO_TAG}{undo_url}" if undo_url else ""
    )


def undo_url_of(extra_tags: str) -> str:
    """Return the address that takes the act back, or an empty text."""
    return (extra_tags or "").partition(_UNDO_TAG)[2].partition(" ")[0]
