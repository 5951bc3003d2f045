"""Write a single mail that no automation sends: a confirmation, a word of warning.

It goes to the address it is written to, which need not be a guest's yet, at any hour,
and once for its occasion. The words are ours, in the reader's language, and nothing
that a stranger typed may stand in them: anybody can type anybody's address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from crm.core.addresses import normalize_email
from crm.core.signing import address_hash
from crm.tenancy.models import Business
from customers.models import Channel, Guest
from outreach.models import Message
from outreach.sending.doorbell import ring
from outreach.writing.layout import Block, Letter, as_html, as_text
from outreach.writing.rendering import sender_lines

# A person waits for it at the table; a day later it would only surprise.
PATIENCE = timedelta(hours=24)
# How long we keep the words and the address of a letter to somebody who is no guest.
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says, in one language. ``why`` says why somebody gets it.

    A ``button`` block names one of ``outreach.writing.links.LETTER_LINKS``; ``links`` says by
    that name of which row the link is.
    """

    subject: str
    preview: str
    blocks: Sequence[Block]
    why: str
    links: Mapping[str, UUID] = field(default_factory=dict)


@transaction.atomic
def write_letter(
    words: Words,
    *,
    business: Business,
    occasion: str,
    to: str,
    language: str,
    now: datetime,
    guest: Guest | None = None,
) -> Message | None:
    """Queue a letter to the address ``to``; None where the occasion has had its own.

    Raise InvalidEmail when the address cannot be one.
    """
    normalized = normalize_email(to)
    letter = _letter(words, business=business, language=language, guest=guest)
    with translation.override(language):
        text, html = as_text(letter), as_html(letter)
    Message.objects.bulk_create(
        [
            Message(
                business=business,
                occasion=f"letter:{occasion}",
                channel=Channel.EMAIL,
                kind=Message.Kind.CRITICAL,
                guest=guest,
                to_address=to.strip(),
                to_hash=address_hash("email", normalized),
                language=language,
                schedule_zone=business.time_zone,
                send_at=now,
                expires_at=now + PATIENCE,
                is_letter=True,
                letter_links={name: str(uuid) for name, uuid in words.links.items()},
                subject=letter.subject,
                body_text=text,
                body_html=html,
                frozen_at=now,
                created_at=now,
                updated_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    message = letters(business, occasion).filter(created_at=now).first()
    if message:
        ring()
    return message


def letters(business: Business, occasion: str) -> QuerySet[Message]:
    """Return the letter of an occasion, or none."""
    return business.messages.filter(is_letter=True, occasion=f"letter:{occasion}")


def _letter(
    words: Words, *, business: Business, language: str, guest: Guest | None
) -> Letter:
    return Letter(
        language=language,
        subject=" ".join(words.subject.split())[:250],
        preview=words.preview,
        blocks=words.blocks,
        house=business.name,
        sender_lines=sender_lines(business),
        why=words.why,
        is_list=False,
        is_to_guest=guest is not None,
    )


def let_go_of_letters(*, now: datetime) -> int:
    """Blank old letters to people who are no guests; return how many.

    That something was sent stays; to whom and what it said goes.
    """
    old = Message.objects.filter(
        is_letter=True, guest=None, created_at__lt=now - KEPT_FOR
    ).exclude(to_address="")
    return old.filter(status__in=Message.FINAL_STATUSES).update(
        to_address="", to_hash=None, subject="", body_text="", body_html="",
        letter_links={},
    )  # fmt: skip
