"""How long the log is kept: lines older than AUDIT_KEEP_DAYS are deleted, by age alone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from crm.audit.models import Event
from crm.tenancy.models import Business

CHUNK = 5_000
# A tick that finds more leaves the rest to the next one.
MOST = 200_000

# Deleting is allowed for the rest of the transaction; see the migration.
_MAY_DELETE = "SET LOCAL gjensyn.audit_may_delete = 'yes'"


def forget_old_events(*, now: datetime) -> int:
    """Delete lines whose time is over, and return how many. Safe to repeat."""
    before, gone = now - timedelta(days=settings.AUDIT_KEEP_DAYS), 0
    # House by house, because every index of the log begins with the house.
    for business in Business.objects.order_by("pk"):
        while gone < MOST and (chunk := _forget_chunk(business, before)):
            gone += chunk
    return gone


@transaction.atomic
def _forget_chunk(business: Business, before: datetime) -> int:
    old = Event.objects.filter(business=business, at__lt=before).order_by("at", "pk")
    ids = list(old.values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MAY_DELETE)
    return Event.objects.filter(pk__in=ids).delete()[0]
