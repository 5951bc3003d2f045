"""What is wrong with sending, from when until when, and whether the owners know."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from outreach.models.accounts import ProviderAccount


class Alert(TenantModel):
    """One incident: an account was paused, or nothing leaves although much is due.

    ``reason`` is that of the pause. The owners are told once, at ``told_at``; it is over
    when the account goes on or something leaves again.
    """

    class Kind(models.TextChoices):
        PAUSED = "paused", _("Sending was paused")
        STUCK = "stuck", _("Nothing leaves")

    account = models.ForeignKey(ProviderAccount, models.CASCADE)
    kind = models.CharField(max_length=6, choices=Kind)
    reason = models.CharField(
        max_length=10, choices=ProviderAccount.Pause, blank=True, default=""
    )
    began_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "alerts"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "kind"),
                condition=Q(over_at=None),
                name="outreach_alert_open_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("began_at",),
                condition=Q(told_at=None, over_at=None),
                name="outreach_alert_to_tell",
            ),
        )

    def __str__(self) -> str:
        return f"alert {self.pk}"
