"""Tags as they are shown: a word or three beside the name, all of them in the panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from crm.tenancy.models import Business
from customers.badges import Badge
from customers.models import Guest, Tag
from customers.panels import Panel
from customers.profile.tag_forms import TagNameForm
from customers.profile.tag_rules import rule_in_words
from customers.profile.tags import tags_by_hand, tags_of, today_of

# More would drown what else stands beside the name.
MOST_BADGES = 3
# A list to choose from while typing; whoever has more tags types the rest.
MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag of a guest, with the rule in words when a rule gave it."""

    tag: Tag
    rule: str


def tag_badges(business: Business, guest_ids: Sequence[int]) -> dict[int, list[Badge]]:
    """Return at most three tags of each guest, and how many more there are.

    Costs three queries.
    """
    # Badges are asked for without a day; rules go by the house's own today.
    today = today_of(business, timezone.now())
    found = tags_of(business, guest_ids, today=today)
    return {guest_id: _few(tags) for guest_id, tags in found.items() if tags}


def _few(tags: list[Tag]) -> list[Badge]:
    shown = [Badge(tag.name, tag.tone) for tag in tags[:MOST_BADGES]]
    rest = len(tags) - len(shown)
    return [*shown, Badge(f"+{rest}", "")] if rest else shown


def tags_panel(guest: Guest, now: datetime) -> Panel:
    """Show all tags of a guest, with a field to add one. Costs four queries."""
    business = guest.business
    tags = tags_of(business, [guest.pk], today=today_of(business, now))[guest.pk]
    lines = [TagLine(tag, rule_in_words(tag, business)) for tag in tags]
    has_already = {tag.pk for tag in tags}
    offered = tags_by_hand(business).exclude(pk__in=has_already)[:MOST_OFFERED]
    context: dict[str, object] = {
        "by_hand": [line for line in lines if not line.rule],
        "by_rule": [line for line in lines if line.rule],
        "offered": offered,
        "form": TagNameForm(),
    }
    return Panel("customers/tags_panel.html", context, order=30)
