"""The log as a file for a spreadsheet, told while it is read: flat in memory."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.audit.asking import AskedEvents
from crm.audit.reading import in_words
from crm.core.csv_files import BOM, CsvStyle, csv_lines
from crm.core.locales import active_locale

# The newest so many; whoever wants older ones names the days.
MOST = 100_000
STEP = 1_000

COLUMNS: dict[str, str | Promise] = {
    "at": gettext_lazy("When"),
    "who": gettext_lazy("Who"),
    "action": gettext_lazy("What"),
    "kind": gettext_lazy("On what"),
    "called": gettext_lazy("Called today"),
    "fields": gettext_lazy("Which fields"),
}


def log_file(asked: AskedEvents) -> Iterator[str]:
    """Return the file piece by piece, newest first, at most ``MOST`` lines."""
    style = CsvStyle.of(active_locale())
    yield BOM + csv_lines([[str(name) for name in COLUMNS.values()]], style)
    place = ""
    for _piece in range(MOST // STEP):
        events, place = asked.page(place, size=STEP)
        lines = in_words(asked.reader.business, events)
        yield csv_lines(
            (
                [
                    line.at,
                    line.who or _("by itself"),
                    line.action,
                    line.subject,
                    line.called,
                    ", ".join(line.fields),
                ]
                for line in lines
            ),
            style,
        )
        if not place:
            return
