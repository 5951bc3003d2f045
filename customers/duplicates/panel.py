"""On a guest's page: who may be the same person."""

from datetime import datetime

from django.db.models import Q

from customers.duplicates.pairs import open_pairs
from customers.duplicates.rules import rules_of
from customers.models import Guest
from customers.panels import Panel

# Before everything else: what is written down goes to one of the two.
ORDER = 5
_MOST = 3


def duplicates_panel(guest: Guest, _now: datetime) -> Panel | None:
    """Return the likeliest others; None when nobody looks like ``guest``."""
    pairs = (
        open_pairs(guest.business)
        .filter(Q(first=guest) | Q(second=guest))
        .select_related("first", "second")
        .order_by("-score", "pk")[:_MOST]
    )
    if not pairs:
        return None
    shown_from = rules_of(guest.business).review_from
    others = [
        (pair, pair.second if pair.first_id == guest.pk else pair.first)
        for pair in pairs
        if pair.score >= shown_from
    ]
    if not others:
        return None
    return Panel("customers/duplicates_panel.html", {"others": others}, order=ORDER)
