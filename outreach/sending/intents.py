"""Commit to sending: the last question and the intent, at once.

The facts were read for a whole batch a moment ago. Together with them went a mark of
every row they rest on, and the intent is committed only while the marks are still the
same; so a "no" said meanwhile is heard, and nothing is read twice when nobody said any.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from outreach.deciding.decision import Block, Hold, MessageFacts, Verdict, decide
from outreach.deciding.facts import load_facts
from outreach.models import Attempt, Message
from outreach.sending import claiming
from outreach.sending.freezing import FROZEN, is_unwritten
from outreach.sending.statements import run_prepared, run_together

# Which version of each row the facts rest on, and how the account is spoken to. A row
# that is written again has another place (ctid) or another writer (xmin). Who reads one
# more table in outreach/deciding/facts.py adds it here. Of a segment only the rules: who
# is in it is asked once, for a visit of this minute is no "no".
_MARKS = """ROW(
    message.guest_id, message.visit_id, message.automation_id,
    (SELECT ROW(xmin, ctid) FROM tenancy_business WHERE id = message.business_id),
    (SELECT ROW(is_in_use, paused_at, pauses_all, provider, sender, sender_name,
            inbound_domain, md5(credentials))
        FROM outreach_provideraccount WHERE id = message.account_id),
    (SELECT ROW(xmin, ctid) FROM customers_guest WHERE id = message.guest_id),
    (SELECT ROW(visit.xmin, visit.ctid, venue.xmin, venue.ctid)
        FROM customers_visit AS visit JOIN tenancy_venue AS venue ON venue.id = visit.venue_id
        WHERE visit.id = message.visit_id),
    (SELECT ROW(automation.xmin, automation.ctid, segment.xmin, segment.ctid)
        FROM outreach_automation AS automation
        LEFT JOIN customers_segment AS segment ON segment.id = automation.segment_id
        WHERE automation.id = message.automation_id),
    (SELECT string_agg(concat_ws(' ', xmin, ctid), ',' ORDER BY id)
        FROM customers_contactpoint WHERE guest_id = message.guest_id),
    (SELECT string_agg(concat_ws(' ', said.id, sale.xmin, sale.ctid), ',' ORDER BY said.id)
        FROM customers_consentevent AS said
        LEFT JOIN customers_visit AS sale ON sale.id = said.sale_visit_id
        WHERE said.guest_id = message.guest_id),
    EXISTS (SELECT FROM surveys_response
        WHERE invitation_id = message.survey_invitation_id),
    (SELECT string_agg(concat_ws(' ', xmin, ctid), ',' ORDER BY id)
        FROM outreach_sendinghours WHERE business_id = message.business_id),
    (SELECT state FROM outreach_campaign WHERE id = message.campaign_id),
    (SELECT is_control FROM outreach_exposure
        WHERE automation_id = message.automation_id AND guest_id = message.guest_id),
    (SELECT ROW(xmin, ctid) FROM outreach_contactbudget
        WHERE business_id = message.business_id),
    CASE WHEN message.kind IN ('survey', 'marketing') AND NOT message.is_letter THEN
        (SELECT string_agg(concat_ws(' ', other.id, other.status, other.send_at), ','
                ORDER BY other.id)
            FROM outreach_message AS other
            WHERE other.business_id = message.business_id
              AND other.guest_id = message.guest_id AND other.kind = message.kind
              AND other.id <> message.id AND NOT other.is_letter)
    END
)::text"""

_READ_MARKS = """
SELECT message.id, <marks> FROM outreach_message AS message
WHERE message.id = ANY(%(ids)s)
""".replace("<marks>", _MARKS)

# As ``lock_guest`` in customers/summaries.py. A statement of its own: the next one then
# sees what was committed while this one waited.
_LOCK = "SELECT id FROM customers_guest WHERE id = %(guest)s FOR NO KEY UPDATE"

_BEGIN = """
WITH begun AS (
    UPDATE outreach_message AS message
    SET status = 'sending', to_address = %(to)s, to_hash = %(to_hash)s,
        attempt_count = attempt_count + 1,
        lease_until = statement_timestamp() + make_interval(secs => %(ttl)s),
        updated_at = statement_timestamp() {words}
    WHERE id = %(id)s AND status = 'claimed' AND lease_token = %(token)s
      AND lease_until > statement_timestamp() {unchanged}
    RETURNING id, business_id, attempt_count, lease_token
)
INSERT INTO outreach_attempt
    (business_id, message_id, number, lease_token, outcome, detail, started_at)
SELECT business_id, id, attempt_count, lease_token, 'started', '', %(now)s FROM begun
RETURNING id, number
"""
_UNCHANGED = """AND <marks> = %(marks)s
      AND ARRAY(
        SELECT scope::text FROM customers_suppression
        WHERE business_id = message.business_id AND channel = message.channel
          AND address_hash = %(to_hash)s AND lifted_at IS NULL
        ORDER BY scope
      ) = %(scopes)s::text[]""".replace("<marks>", _MARKS)
_WORDS = (
    "".join(f", {name} = %({name})s" for name in FROZEN)
    + ", frozen_at = statement_timestamp()"
)

# By whether the words are written down now, and whether nothing may have changed.
_STATEMENTS = {
    (has_words, is_unchanged): _BEGIN.format(
        words=_WORDS if has_words else "", unchanged=_UNCHANGED if is_unchanged else ""
    )
    for has_words in (True, False)
    for is_unchanged in (True, False)
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a message, and the marks of the rows it was read from."""

    facts: MessageFacts
    marks: str


def read_marks(message_ids: Sequence[int]) -> dict[int, str]:
    """Return the marks of messages by id. A message that is gone by now is missing.

    Read them before the facts: what changes between the two is then noticed.
    """
    return dict(run_prepared(_READ_MARKS, {"ids": list(message_ids)}))


def commit_intent(
    message: Message, known: Known, token: uuid.UUID, *, now: datetime
) -> Attempt | None:
    """Commit to sending; None when it may not go by now or the lease is lost.

    Holding the guest's row, so that a "no" is either seen here or comes after.
    """
    values = _values(message, known, token, now)
    has_words = is_unwritten(message)
    begun = run_together((_LOCK, values), (_STATEMENTS[has_words, True], values))
    if not begun:
        with transaction.atomic():
            run_prepared(_LOCK, values)
            if _may_still_go(message, known.facts, token, now=now):
                begun = run_prepared(_STATEMENTS[has_words, False], values)
    if not begun:
        return None
    [(pk, number)] = begun
    return Attempt(
        pk=pk,
        business_id=message.business_id,
        message=message,
        number=number,
        lease_token=token,
        started_at=now,
    )


def _values(
    message: Message, known: Known, token: uuid.UUID, now: datetime
) -> dict[str, object]:
    return {
        "id": message.pk,
        "guest": message.guest_id,
        "token": token,
        "to": known.facts.address,
        "to_hash": known.facts.fingerprint,
        "marks": known.marks,
        "scopes": sorted(known.facts.suppressed_scopes),
        "ttl": settings.SEND_LEASE_SECONDS,
        "now": now,
    } | {name: getattr(message, name) for name in FROZEN}


def _may_still_go(
    message: Message, prepared: MessageFacts, token: uuid.UUID, *, now: datetime
) -> bool:
    """Something changed since it was prepared: ask anew, and say so on its row."""
    facts = load_facts([message])[message.pk]
    if not settle(message.pk, token, decide(facts, now)):
        return False
    is_same = facts.address == prepared.address and _is_account_as_prepared(message)
    if not is_same:
        # It is put together anew, for what is true now.
        claiming.release([message.pk], token)
    return is_same


def settle(message_id: int, token: uuid.UUID, verdict: Verdict) -> bool:
    """Return whether a claimed message goes; else say on its row why not."""
    if isinstance(verdict, Hold):
        claiming.hold(message_id, token, verdict)
        return False
    if isinstance(verdict, Block):
        claiming.block(message_id, token, verdict)
        return False
    return True


_OF_ACCOUNT = (
    "is_in_use", "paused_at", "pauses_all", "provider", "sender", "sender_name",
    "inbound_domain", "credentials",
)  # fmt: skip


def _is_account_as_prepared(message: Message) -> bool:
    account = message.account
    if account is None:
        return False
    now = type(account).objects.filter(pk=account.pk).first()
    return now is not None and all(
        getattr(now, name) == getattr(account, name) for name in _OF_ACCOUNT
    )
