"""Where needs show that they are there: beside the story and on arrival cards.

The words are not in here. The templates show nothing to those who may not see needs.
"""

from collections.abc import Sequence
from datetime import datetime

from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart
from customers.models import Guest, Visit
from customers.needs.health_needs import visits_with_needs
from customers.panels import Panel


def needs_panel(guest: Guest, _now: datetime) -> Panel:
    """Say whether there are needs, closed. One query."""
    context: dict[str, object] = {"has_needs": guest.health_needs.exists()}
    return Panel("customers/needs_panel.html", context, order=15)


def needs_on_cards(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Mark the visits on which there is something to heed. One query.

    Every card has the part, so that no trace of it differs for those who may not see.
    """
    marked = visits_with_needs(visits)
    return {visit.pk: CardNotes(parts=[_part(visit.pk in marked)]) for visit in visits}


def _part(has_needs: bool) -> CardPart:
    return CardPart("customers/card_needs.html", {"has_needs": has_needs}, order=5)
