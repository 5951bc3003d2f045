"""With whom a guest belongs: who lives with them, their company, who books for whom."""

from datetime import datetime

from customers.models import Guest, known
from customers.panels import Panel
from customers.people.households import companions_of

# More of a family, or of bookings, than this tells nothing more.
MOST_COMPANIONS = 12
MOST_BOOKINGS = 4


def household_panel(guest: Guest, now: datetime) -> Panel:
    """Show the household, the company and bookings for others. At most three queries."""
    visits = guest.business.visits.filter(known("guest"))
    newest = visits.select_related("guest", "booker").order_by("-arrival_date", "-pk")
    context: dict[str, object] = {
        "companions": companions_of(guest)[:MOST_COMPANIONS],
        "for_others": newest.filter(booker=guest.pk)[:MOST_BOOKINGS],
        "by_others": newest.filter(guest=guest.pk, booker__isnull=False)[
            :MOST_BOOKINGS
        ],
    }
    return Panel("customers/household_panel.html", context, order=45)
