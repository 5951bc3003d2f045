"""The house's tags themselves: made, renamed, deleted and brought back."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from customers.models import Tag
from customers.profile.tags import key_of

# How long a deleted tag can be brought back.
UNDO_FOR = timedelta(hours=1)


class TagNameTaken(Exception):
    """Another tag of the house has this name by now."""


def create_tag(
    business: Business,
    *,
    name: str,
    tone: str,
    rule: str = "",
    rule_number: int | None = None,
    rule_word: str = "",
    actor: User,
    now: datetime,
) -> Tag:
    """Create a tag; with ``rule`` an automatic one. Raise TagNameTaken."""
    tag = Tag(
        business=business,
        name=name,
        tone=tone,
        rule=rule,
        rule_number=rule_number,
        rule_word=rule_word,
        created_at=now,
    )
    _save(tag, action="created", actor=actor, now=now)
    return tag


def change_tag(
    tag: Tag,
    *,
    name: str,
    tone: str,
    rule: str = "",
    rule_number: int | None = None,
    rule_word: str = "",
    actor: User,
    now: datetime,
) -> None:
    """Change a tag. One by hand stays so, one by a rule too. Raise TagNameTaken."""
    tag.name, tag.tone = name, tone
    if tag.is_automatic:
        tag.rule, tag.rule_number, tag.rule_word = rule, rule_number, rule_word
    _save(tag, action="amended", actor=actor, now=now)


def remove_tag(tag: Tag, *, actor: User, now: datetime) -> None:
    """Delete a tag. Its guests are kept with it for an hour, so that it can come back."""
    tag.removed_at = now
    _save(tag, action="removed", actor=actor, now=now)


def bring_tag_back(tag: Tag, *, actor: User, now: datetime) -> None:
    """Bring a deleted tag back, with its guests. Raise TagNameTaken."""
    tag.removed_at = None
    _save(tag, action="brought_back", actor=actor, now=now)


def clear_removed_tags(*, now: datetime) -> int:
    """Delete for good what can no longer be brought back. Safe to repeat."""
    _total, deleted = Tag.objects.filter(removed_at__lte=now - UNDO_FOR).delete()
    return deleted.get(Tag._meta.label, 0)


@transaction.atomic
def _save(tag: Tag, *, action: str, actor: User, now: datetime) -> None:
    tag.key = key_of(tag.name)
    try:
        # Two people may think of the same word at once.
        with transaction.atomic():
            tag.save(
                update_fields=[
                    "name", "key", "tone", "rule", "rule_number", "rule_word",
                    "removed_at",
                ]
                if tag.pk
                else None
            )  # fmt: skip
    except IntegrityError as error:
        raise TagNameTaken from error
    record_event(
        business=tag.business, actor=actor, action=action, subject=tag, now=now
    )
