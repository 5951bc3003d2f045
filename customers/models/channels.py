"""How and about what guests are written to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way to reach a guest."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")


class Purpose(models.TextChoices):
    """What a guest is written to about; each has its own yes and no."""

    SERVICE = "service", _("About your visit")
    SURVEY = "survey", _("Questions about how it was")
    MARKETING = "marketing", _("News and offers")
