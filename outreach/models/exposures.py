"""Who an automation wrote to and who was left out, to see what it changes."""

from django.db import models

from crm.tenancy.models import TenantModel
from customers.models import Guest
from outreach.models.automations import Automation


class Exposure(TenantModel):
    """The first time a marketing automation had something for a guest, and whether the
    guest was left out by lot then. Written before anything is sent, and kept.
    """

    automation = models.ForeignKey(Automation, models.CASCADE)
    guest = models.ForeignKey(Guest, models.CASCADE)
    is_control = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        default_related_name = "exposures"
        constraints = (
            models.UniqueConstraint(
                fields=("automation", "guest"), name="outreach_exposure_once"
            ),
        )

    def __str__(self) -> str:
        return f"exposure {self.pk}"
