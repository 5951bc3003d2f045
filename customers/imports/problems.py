"""What stands in the way of a line or an import, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.imports.bad_cells import CELL_SENTENCES


class NotNow(Exception):
    """The import is not where it could be asked for this. The message says why."""


# What is found when lines are held against the register and each other. What is wrong
# with a single cell is said where cells are read.
SENTENCES: dict[str, str | Promise] = {
    "no_name": _("There is no name, and nobody we know. Write one."),
    "unknown_guest": _("We do not know this guest. Bring guests in first, or with it."),
    "nobody": _(
        "Nothing says whose visit this is. Give a number, or name and address."
    ),
    "no_arrival": _("The day of arrival is missing."),
    "ends_before": _("The departure is before the arrival."),
    "no_venue": _("We do not know where this was. Choose a venue for the file."),
    "twice": _("This booking number stands in an earlier line, which was used."),
    "number_taken": _("Another guest has this member number; it was left out."),
    "forgotten": _(
        "A guest with this address asked to be forgotten, so the line is left out. If "
        "they came back, write them down by hand first."
    ),
    "too_long": _("This is longer than we keep. It was cut."),
    "names_differ": _(
        "Somebody else has this address. Both are kept, to be looked at."
    ),
}


def words_for(code: str) -> str:
    """Return what is wrong and what to do about it, in the reader's language."""
    return str(SENTENCES.get(code) or CELL_SENTENCES.get(code, ""))
