"""What the register derives of guests, renewed when they become one or two again."""

from crm.core.text import name_sort_key
from customers.models import Guest
from customers.searching.lines import drop_line, keep_line, line_of
from customers.summaries import refresh_summaries


def derive_anew(*guests: Guest) -> None:
    """Renew sort key, search line and summary of guests whose locks are held.

    Who was made one with another is found under that other alone.
    """
    for guest in guests:
        if guest.is_merged:
            guest.search_text = ""
            drop_line(guest)
        else:
            guest.name_sort_key = _sort_key(guest)
            guest.search_text = line_of(guest)
            keep_line(guest)
        guest.save(update_fields=["name_sort_key", "search_text"])
    refresh_summaries(guests[0].business, guest_ids=[guest.pk for guest in guests])


def _sort_key(guest: Guest) -> str:
    name = f"{guest.family_name} {guest.given_name}".strip() or guest.display_name
    return name_sort_key(name, guest.business.language)[:200]
