"""The panel about a guest's photo."""

from datetime import datetime

from customers.models import Guest
from customers.panels import Panel


def photo_panel(guest: Guest, now: datetime) -> Panel:
    """Offer to take a photo in, to change it or to delete it. At most one query."""
    return Panel("customers/photo_panel.html", {"photo": guest.photo}, order=50)
