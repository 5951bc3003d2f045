"""What people say about themselves."""

from collections.abc import Iterable

from crm.accounts.models import User


def save_profile(user: User, *, changed: Iterable[str]) -> None:
    """Store the ``changed`` fields of a person who has been validated."""
    if names := sorted(changed):
        user.save(update_fields=names)
