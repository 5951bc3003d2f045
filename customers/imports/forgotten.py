"""Leave out whom an old file still has, though they asked to be forgotten.

Of them only the fingerprints of their addresses are left, which no SQL can compare.
"""

from collections.abc import Iterator

from django.db import connection

from crm.core.signing import address_hash
from customers.models import Channel, Import, StagedGuest, Suppression

_AT_ONCE = 2000

# With the guest go the lines of their visits.
_REJECT = """
WITH forgotten AS (
    UPDATE customers_stagedguest SET outcome = 'rejected'
    WHERE batch_id = %(batch)s AND id = ANY(%(ids)s)
    RETURNING key, line
), lines AS (
    SELECT line FROM forgotten
    UNION SELECT visit.line FROM customers_stagedvisit AS visit
    JOIN forgotten ON forgotten.key = visit.guest_key WHERE visit.batch_id = %(batch)s
)
INSERT INTO customers_importproblem
    (business_id, batch_id, line, "column", code, value, rejects_row)
SELECT %(business)s, %(batch)s, line, '', 'forgotten', '', true
FROM lines WHERE NOT EXISTS (
    SELECT FROM customers_importproblem AS said
    WHERE said.batch_id = %(batch)s AND said.line = lines.line AND said.rejects_row
)
"""


def leave_out_forgotten(batch: Import, *, after: int, last: int) -> None:
    """Reject the new guests of a stretch who have a forgotten guest's address.

    Who came back by now, and is in the register again, was found there before.
    """
    fingerprints = _fingerprints_of_the_forgotten(batch)
    if not fingerprints:
        return
    new = (
        batch.staged_guests.filter(pk__gt=after, pk__lte=last, guest=None, same_as=None)
        .exclude(outcome=StagedGuest.Outcome.REJECTED)
        .only("pk", "emails", "phones")
    )
    ids = [
        staged.pk
        for staged in new.iterator(chunk_size=_AT_ONCE)
        if any(one in fingerprints for one in _fingerprints_of(staged))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _REJECT, {"business": batch.business_id, "batch": batch.pk, "ids": ids}
        )


def _fingerprints_of_the_forgotten(batch: Import) -> set[bytes]:
    rows = batch.business.suppressions.filter(
        reason=Suppression.Reason.ERASED, lifted_at=None
    )
    return {bytes(one) for one in rows.values_list("address_hash", flat=True)}


def _fingerprints_of(staged: StagedGuest) -> Iterator[bytes]:
    for email in staged.emails:
        yield address_hash(Channel.EMAIL, email)
    for phone in staged.phones:
        yield address_hash(Channel.SMS, phone)
