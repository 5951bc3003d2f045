"""The day in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.frontdesk.day import Day


def day_in_words(day: Day) -> str:
    """Return ``11 arrive · 23 in house · 8 leave · 9 tables``; what is none is left out."""
    counted = [
        (
            len(day.arriving),
            ngettext("%(n)s arrives", "%(n)s arrive", len(day.arriving)),
        ),
        (day.in_house, pgettext("a number of guests", "%(n)s in house")),
        (len(day.leaving), ngettext("%(n)s leaves", "%(n)s leave", len(day.leaving))),
        (len(day.tables), ngettext("%(n)s table", "%(n)s tables", len(day.tables))),
    ]
    parts = [text % {"n": number} for number, text in counted if number]
    return " · ".join(parts) or _("Nobody is expected.")


def promises_in_words(number: int) -> str:
    """Return ``3 promises still open``; nothing when there is none."""
    if not number:
        return ""
    words = ngettext("%(n)s promise still open", "%(n)s promises still open", number)
    return words % {"n": number}
