"""Two rows that were one person: who became whom, and how to take that back."""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models.guests import Guest


class Merge(TenantModel):
    """One guest who became another, until it is undone.

    ``Guest.merged_into`` leads to the guest who lives, however many merges there are in
    between; this row leads one step, to whoever ``gone`` was put into. ``before`` and
    ``after`` hold the columns of ``kept`` that took a value of ``gone``; a field of the
    house's own is ``custom.<uuid>``. ``picks`` say for each field whose value was taken,
    ``kept`` or ``gone``, and why. ``marks`` are the newest rows of that moment by model, so that later ones are
    known as such. ``images`` are what upper apps computed of ``kept``, before and after.
    """

    class Rule(models.TextChoices):
        """Why a value was picked."""

        SAME = "same", _("both say the same")
        ONLY = "only", _("the other says nothing")
        FULLER = "fuller", _("says more")
        NEWER = "newer", _("changed last")
        OLDER = "older", _("written down first")
        EITHER = "either", _("one of them is enough")
        DIRECT = "direct", _("leads to the guest directly")
        AGREED = "agreed", _("the guest said yes to it")
        STAYS = "stays", _("of the guest who stays")
        CHOSEN = "chosen", _("chosen by hand")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Guest, models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Guest, models.CASCADE, related_name="merges_away")
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    picks = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    images = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # What stayed with ``kept`` because nothing shows whose it is: names of fields, and
    # how many rows of a model, never a value.
    left = models.JSONField(default=list)

    class Meta:
        default_related_name = "merges"
        constraints = (
            models.UniqueConstraint(
                fields=("gone",),
                condition=Q(undone_at=None),
                name="customers_merge_once",
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("gone")), name="customers_merge_of_two"
            ),
        )

    def __str__(self) -> str:
        return f"merge {self.uuid}"

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class MergedRow(TenantModel):
    """One row that a merge gave to another guest, made, or marked as not the first.

    ``column`` went from ``before`` to ``after``; empty for a row that the merge made,
    which goes when it is undone. ``row`` is a primary key of ``model``.
    """

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=60)
    row = models.BigIntegerField()
    column = models.CharField(max_length=40, blank=True)
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)

    class Meta:
        default_related_name = "merged_rows"
        constraints = (
            models.UniqueConstraint(
                fields=("merge", "model", "row", "column"),
                name="customers_mergedrow_once",
            ),
        )

    def __str__(self) -> str:
        return f"row {self.row} of {self.model} in merge {self.merge_id}"
