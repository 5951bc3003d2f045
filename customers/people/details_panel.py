"""The panel of how a guest is reached and what else is known, changed where it stands."""

from datetime import datetime

from crm.core.dates import say_birthday
from crm.core.locales import active_locale
from crm.core.regions import country_name
from customers.models import ContactPoint, Guest
from customers.panels import Panel
from customers.profile.custom_fields import custom_shown

Kind = ContactPoint.Kind


def details_panel(guest: Guest, now: datetime) -> Panel:
    """Show addresses, numbers and the rest of a profile. Costs at most two queries."""
    points = list(guest.contact_points.order_by("-is_primary", "created_at", "pk"))
    context: dict[str, object] = {
        "emails": [point for point in points if point.kind == Kind.EMAIL],
        "phones": [point for point in points if point.kind == Kind.PHONE],
        "birthday": say_birthday(
            guest.birthday_day, guest.birthday_month, active_locale()
        ),
        "country": country_name(guest.country, active_locale()),
        "own_fields": custom_shown(guest),
    }
    return Panel("customers/details_panel.html", context, order=40)
