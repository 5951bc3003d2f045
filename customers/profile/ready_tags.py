"""The automatic tags that a new house begins with, in its own language."""

from collections.abc import Callable
from datetime import datetime

from django.utils import translation
from django.utils.translation import pgettext

from crm.tenancy.models import Business
from customers.models import Tag
from customers.profile.tags import key_of

Rule, Tone = Tag.Rule, Tag.Tone

_READY: tuple[tuple[Callable[[], str], str, int, str], ...] = (
    (lambda: pgettext("a tag on guests", "Regular"), Rule.VISITS, 5, Tone.LEAF),
    (lambda: pgettext("a tag on guests", "New"), Rule.NEW_WITHIN, 30, Tone.FJORD),
    (
        lambda: pgettext("a tag on guests", "Long time no see"),
        Rule.AWAY_FOR,
        365,
        Tone.BRASS,
    ),
)


def create_ready_tags(business: Business, *, now: datetime) -> None:
    """Create the ready tags. Doing so again changes nothing."""
    with translation.override(business.language):
        for say, rule, number, tone in _READY:
            name = say()
            business.tags.get_or_create(
                key=key_of(name),
                removed_at=None,
                defaults={
                    "name": name,
                    "rule": rule,
                    "rule_number": number,
                    "tone": tone,
                    "created_at": now,
                },
            )
