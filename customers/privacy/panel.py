"""The panel with a guest's own rights on their page."""

from datetime import datetime

from customers.models import Guest
from customers.panels import Panel


def privacy_panel(guest: Guest, now: datetime) -> Panel:
    """Offer the copy and the forgetting; the template asks who may."""
    return Panel("customers/privacy_panel.html", order=90)
