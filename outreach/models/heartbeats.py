"""When regular work was last done."""

from django.db import models


class Heartbeat(models.Model):
    """When a regular piece of work was last done, so that pages can say it stopped."""

    name = models.CharField(max_length=40, unique=True)
    last_at = models.DateTimeField()

    class Meta:
        default_related_name = "heartbeats"

    def __str__(self) -> str:
        return self.name
