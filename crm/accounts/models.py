"""People who sign in. What they may do for whom is in crm.tenancy."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        """Create a person who can sign in; without a password only by other means."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """One person with one sign-in, whatever the number of businesses they work for."""

    email = models.EmailField(_("Email"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    language = models.CharField(
        _("Language"),
        max_length=8,
        default="en",
        help_text=_("The language of your own pages. Guests get theirs."),
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                violation_error_message=_("Someone already signs in with this email."),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email
