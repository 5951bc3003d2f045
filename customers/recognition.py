"""What the register itself says about a guest: VIP, which visit, birthday."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from crm.core.locales import active_locale
from crm.core.ordinals import say_nth
from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes
from customers.badges import Badge
from customers.models import Guest, GuestSummary, Visit

# A birthday this many days after the arrival is still worth a word.
BIRTHDAY_DAYS = 6


def vip_badges(business: Business, guest_ids: Sequence[int]) -> dict[int, list[Badge]]:
    """Mark VIPs. One query."""
    vips = Guest.objects.filter(business=business, pk__in=guest_ids, is_vip=True)
    return {pk: [Badge(_("VIP"), "brass")] for pk in vips.values_list("pk", flat=True)}


def arrival_notes(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Say which visit this is and whose birthday is near.

    One query, and one for the guests where they are not loaded.
    """
    guest_ids = {visit.guest_id for visit in visits}
    completed = dict(
        GuestSummary.objects.filter(business=business, guest__in=guest_ids).values_list(
            "guest", "visits"
        )
    )
    notes = {}
    for visit in visits:
        badges = [_which_visit(visit, completed.get(visit.guest_id, 0))]
        if birthday := birthday_near(
            visit.guest, visit.arrival_date, visit.departure_date
        ):
            badges.append(birthday_badge(birthday))
        notes[visit.pk] = CardNotes(badges=badges)
    return notes


def _which_visit(visit: Visit, completed: int) -> Badge:
    number = completed if visit.is_completed else completed + 1
    if number <= 1:
        return Badge(_("First visit"), "leaf")
    nth = say_nth(number, active_locale())
    return Badge(_("%(nth)s visit") % {"nth": nth})


def birthday_badge(day: date) -> Badge:
    """Return ``Birthday Tue 24 Nov``."""
    text = format_skeleton("EMMMd", day, locale=active_locale())
    return Badge(_("Birthday %(day)s") % {"day": text})


def birthday_near(guest: Guest, arrival: date, departure: date) -> date | None:
    """Return the birthday that falls in the visit or within days of its beginning.

    Who is born on 29 February has it on 28 February in other years.
    """
    if not guest.birthday_month or not guest.birthday_day:
        return None
    last = max(departure, arrival + timedelta(days=BIRTHDAY_DAYS))
    for year in range(arrival.year, last.year + 1):
        day = _birthday_in(year, guest.birthday_month, guest.birthday_day)
        if arrival <= day <= last:
            return day
    return None


def _birthday_in(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
