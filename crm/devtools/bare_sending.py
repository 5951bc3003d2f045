"""The limits of sending: the same work as short loops that know no rules."""

import queue
import smtplib
import threading
import uuid
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import make_msgid

import psycopg
from django.conf import settings

from crm.devtools.sending_house import SendingHouse
from customers.models import Guest
from outreach.writing.rendering import render

_CLAIM = """
UPDATE outreach_message
SET status = 'claimed', lease_token = %(token)s, lease_owner = 'bare',
    lease_until = now() + interval '1 minute', updated_at = now()
WHERE id = (
    SELECT id FROM outreach_message
    WHERE business_id = %(business)s AND channel = 'email' AND status = 'queued'
      AND kind IN ('survey', 'marketing') AND send_at <= now()
    ORDER BY send_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""
_INTENT = """
WITH begun AS (
    UPDATE outreach_message
    SET status = 'sending', to_address = 'nora@post.no', to_hash = '\\x00',
        attempt_count = attempt_count + 1, lease_until = now() + interval '2 minutes',
        updated_at = now()
    WHERE id = %(id)s AND status = 'claimed' AND lease_token = %(token)s
    RETURNING id, business_id, attempt_count, lease_token
)
INSERT INTO outreach_attempt
    (business_id, message_id, number, lease_token, outcome, detail, started_at)
SELECT business_id, id, attempt_count, lease_token, 'started', '', now() FROM begun
RETURNING id
"""
_RESULT = """
WITH noted AS (
    UPDATE outreach_attempt SET outcome = 'accepted', finished_at = now()
    WHERE id = %(attempt)s RETURNING message_id
)
UPDATE outreach_message AS message
SET status = 'accepted', reason = '', accepted_at = now(), lease_token = NULL,
    lease_until = NULL, lease_owner = '', provider_message_id = %(token)s::text,
    updated_at = now()
FROM noted WHERE message.id = noted.message_id
"""


def claim_intend_and_note(house: SendingHouse) -> int:
    """Take each message through its states, committing three times; return how many."""
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        count = 0
        while True:
            values = {"token": uuid.uuid4(), "business": house.business.pk}
            row = server.execute(_CLAIM, values).fetchone()
            if row is None:
                return count
            values["id"] = row[0]
            attempt = server.execute(_INTENT, values).fetchone()
            if attempt:
                server.execute(
                    _RESULT, {"attempt": attempt[0], "token": values["token"]}
                )
                count += 1


def render_and_send(
    house: SendingHouse, guests: Sequence[Guest], *, threads: int
) -> None:
    """Write to each of ``guests`` over one kept connection for each thread."""
    waiting: queue.SimpleQueue[Guest] = queue.SimpleQueue()
    for guest in guests:
        waiting.put(guest)

    def run() -> None:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
            while True:
                try:
                    guest = waiting.get_nowait()
                except queue.Empty:
                    return
                server.send_message(_mail(house, guest))

    others = [threading.Thread(target=run) for _ in range(threads - 1)]
    for thread in others:
        thread.start()
    run()
    for thread in others:
        thread.join()


def _mail(house: SendingHouse, guest: Guest) -> EmailMessage:
    rendered = render(
        house.version.contents,
        language=guest.language,
        purpose="marketing",
        business=house.business,
        guest=guest,
    )
    mail = EmailMessage()
    mail["From"] = "Benken Hotell <gjensyn@localhost>"
    mail["To"] = "nora@post.no"
    mail["Subject"] = rendered.subject
    mail["Message-ID"] = make_msgid(domain="localhost")
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    return mail
