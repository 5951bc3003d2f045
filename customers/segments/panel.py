"""The panel of a guest's page with the segments they are in, found out on demand."""

from datetime import datetime

from customers.models import Guest
from customers.panels import Panel


def segments_panel(guest: Guest, now: datetime) -> Panel:
    """Ask for the segments once the page is there: no query on the page itself."""
    return Panel("customers/segments/panel.html", order=80)
