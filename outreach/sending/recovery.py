"""Take back what a dead worker held, and settle what nobody can tell any more.

Can run anywhere at any time, many at once. What expired before the intent is simply due
again. What expired after it may have been sent: it is never sent again by itself, except
critical messages, once.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from outreach.models import Message
from outreach.signals import sending_step

_LOCKED = """
WITH picked AS MATERIALIZED (
    SELECT id FROM outreach_message WHERE {condition}
    ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
UPDATE outreach_message AS message
SET {change}, lease_token = NULL, lease_until = NULL, lease_owner = '',
    updated_at = statement_timestamp()
FROM picked WHERE message.id = picked.id
"""

_REQUEUE = _LOCKED.format(
    condition="status = 'claimed' AND lease_until < statement_timestamp()",
    change="status = 'queued'",
)
_SUSPECT = _LOCKED.format(
    condition="status = 'sending' AND lease_until < statement_timestamp()",
    change="status = 'unknown', unknown_since = statement_timestamp()",
)
# A provider of SMS has answered within two hours or never will.
_WAITED = """unknown_since < statement_timestamp() - make_interval(secs =>
          CASE channel WHEN 'sms' THEN %(sms_grace)s ELSE %(grace)s END)"""
# A house may choose to send nothing that may be double.
_GOES_ONCE_MORE = """kind = 'critical' AND NOT may_be_double
      AND (expires_at IS NULL OR expires_at > statement_timestamp()) AND NOT EXISTS (
          SELECT FROM outreach_provideraccount AS account
          WHERE account.id = account_id AND NOT account.resends_critical)"""
_GIVE_UP = _LOCKED.format(
    condition=f"status = 'unknown' AND NOT ({_GOES_ONCE_MORE}) AND {_WAITED}",
    change="status = 'unconfirmed', reason = 'no_answer'",
)
_ONCE_MORE = _LOCKED.format(
    condition=f"status = 'unknown' AND {_GOES_ONCE_MORE} AND {_WAITED}",
    change="""status = 'queued', may_be_double = true, reason = 'no_answer',
      send_at = statement_timestamp()""",
)
# What waited to go once more may have gone the first time.
_EXPIRE = _LOCKED.format(
    condition="status = 'queued' AND expires_at <= statement_timestamp()",
    change="""status = CASE WHEN may_be_double THEN 'unconfirmed' ELSE 'expired' END,
      reason = CASE WHEN may_be_double THEN 'no_answer' ELSE 'expired' END""",
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many messages changed hands, by what happened to them."""

    requeued: int
    unknown: int
    unconfirmed: int
    sent_once_more: int
    expired: int


def recover() -> Recovered:
    """Settle everything whose time ran out, by the database's clock."""
    return Recovered(
        requeued=_run(_REQUEUE),
        unknown=_run(_SUSPECT),
        unconfirmed=_run(_GIVE_UP),
        sent_once_more=_run(_ONCE_MORE),
        expired=_run(_EXPIRE),
    )


@transaction.atomic
def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "grace": settings.UNKNOWN_GRACE_SECONDS,
                "sms_grace": settings.SMS_UNKNOWN_GRACE_SECONDS,
            },
        )
        count = int(cursor.rowcount)
    if count:
        sending_step.send(sender=Message, step="in_reaper", message_id=None)
    return count
