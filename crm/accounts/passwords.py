"""The demo's password is printed for everybody to read, so it is good for nothing else."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.accounts.models import User

DEMO_PASSWORD = "gjensyn-demo"  # noqa: S105 -- public on purpose


def is_refused(password: str) -> bool:
    """Return whether this is the demo's password outside the demo."""
    return password == DEMO_PASSWORD and not settings.DEMO


class NotTheDemoPassword:
    """Refuse the demo's password in a real installation."""

    def validate(self, password: str, user: User | None = None) -> None:
        if is_refused(password):
            raise ValidationError(
                _("This is the password of the demo. Choose another one."),
                code="password_of_the_demo",
            )

    def get_help_text(self) -> str:
        return ""
