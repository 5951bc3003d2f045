"""The first word of every staff URL names the business, so some words are taken."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

RESERVED_SLUGS = frozenset(
    {
        "accounts", "admin", "api", "apple-touch-icon", "assets", "d", "favicon", "files",
        "health", "healthz", "hooks", "i", "invitation", "jobs", "join", "mailbox",
        "media", "metrics", "p", "q", "r", "readyz", "robots", "s",
        "static", "style", "u", "well-known",
    }
)  # fmt: skip


def validate_slug_is_free(slug: str) -> None:
    """Raise ValidationError when ``slug`` is a word the site itself uses."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is a word the site itself uses. Choose another one."),
            params={"slug": slug},
        )
