"""When a business lets messages go."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Channel, Purpose


class SendingHours(TenantModel):
    """From when until when messages of one purpose go on one channel, on the wall of
    the guest's or the venue's zone.

    A row stands only where a business differs from ``outreach/deciding/hours.py``.
    ``closes`` at midnight means never closed.
    """

    channel = models.CharField(max_length=5, choices=Channel)
    purpose = models.CharField(max_length=9, choices=Purpose)
    opens = models.TimeField(_("From"))
    closes = models.TimeField(_("Until"))
    on_sundays = models.BooleanField(_("On Sundays"), default=True)
    on_holidays = models.BooleanField(_("On public holidays"), default=True)

    class Meta:
        default_related_name = "sending_hours"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "channel", "purpose"),
                name="outreach_sending_hours_once",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"),
                name="outreach_sending_hours_in_order",
                violation_error_message=_("It must end later than it begins."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}"
