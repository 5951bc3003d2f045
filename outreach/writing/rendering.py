"""Write a message: the words of a template, filled in for one guest, in two forms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.locales import active_locale
from crm.tenancy.models import Business, Venue
from customers.models import Guest, Purpose, Visit
from outreach.writing.layout import Block, Letter, as_html, as_text, clean
from outreach.writing.links import placeholder
from outreach.writing.liquid_texts import CannotFillIn, fill_in

MAX_SUBJECT = 150

# What an author may write between {{ and }}.
FIELDS = {
    "greeting": gettext_lazy("“Hello Nora”, or “Hello” without a first name"),
    "guest.first_name": gettext_lazy("first name"),
    "guest.name": gettext_lazy("whole name"),
    "business.name": gettext_lazy("name of the house"),
    "venue.name": gettext_lazy("name of the venue"),
    "visit.arrival": gettext_lazy("day of arrival"),
    "visit.departure": gettext_lazy("day of departure"),
    "visit.nights": gettext_lazy("number of nights"),
    "details_link": gettext_lazy("link to the guest's own details, to put right"),
    "survey_link": gettext_lazy("link to the survey"),
    "preferences_link": gettext_lazy("link to what the guest wants from us"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is frozen: the words, with placeholders where personal links go."""

    subject: str
    text: str
    html: str


def render(
    contents: dict[str, Any],
    *,
    language: str,
    purpose: str,
    business: Business,
    guest: Guest,
    visit: Visit | None = None,
) -> Rendered:
    """Fill in a template version's ``contents`` in the best language there is.

    The guest's language comes first, then the house's, then any. Raise CannotFillIn
    when the template does not fit: nothing half-written is ever returned.
    """
    code = best_language(contents, language, business.language)
    with translation.override(code):
        letter = compose(
            contents[code],
            language=code,
            purpose=purpose,
            business=business,
            guest=guest,
            visit=visit,
        )
        return Rendered(letter.subject, as_text(letter), as_html(letter))


def compose(
    words: dict[str, Any],
    *,
    language: str,
    purpose: str,
    business: Business,
    guest: Guest,
    visit: Visit | None = None,
) -> Letter:
    """Return the words of one language, filled in; the language must be active.

    Raise CannotFillIn when they do not fit.
    """
    fields = merge_fields(business=business, guest=guest, visit=visit)
    return Letter(
        language=language,
        subject=_one_line(fill_in(words["subject"], fields)),
        preview=_one_line(fill_in(words.get("preview", ""), fields)),
        blocks=[_filled(block, fields) for block in words["blocks"]],
        house=business.name,
        sender_lines=sender_lines(business),
        why=_why(business, visit.venue if visit else None),
        is_list=purpose != Purpose.SERVICE,
    )


def best_language(contents: dict[str, Any], *wanted: str) -> str:
    """Return the first wanted language that is written, else any. Raise CannotFillIn."""
    for code in (*wanted, "en", *contents):
        if contents.get(code, {}).get("subject"):
            return code
    raise CannotFillIn(_("The message has no words in any language."))


def merge_fields(
    *, business: Business, guest: Guest, visit: Visit | None
) -> dict[str, str]:
    """Return a value for every field of ``FIELDS``, in the active language."""
    locale = active_locale()
    first_name = guest.greeting_name.strip()
    greeting = _("Hello %(name)s") % {"name": first_name} if first_name else _("Hello")
    return {
        "greeting": greeting,
        "guest.first_name": first_name,
        "guest.name": guest.display_name,
        "business.name": business.name,
        "venue.name": visit.venue.name if visit else business.name,
        "visit.arrival": _say(visit.arrival_date, locale) if visit else "",
        "visit.departure": _say(visit.departure_date, locale) if visit else "",
        "visit.nights": str(visit.nights) if visit else "",
        "details_link": placeholder("details"),
        "survey_link": placeholder("survey"),
        "preferences_link": placeholder("preferences"),
    }


def sender_lines(business: Business) -> list[str]:
    """Return who writes and where they are found, for the foot of a message."""
    lines = (business.name, business.postal_address, business.phone, business.website)
    return [line for line in lines if line]


def _filled(block: dict[str, str], fields: dict[str, str]) -> Block:
    text = fill_in(block.get("text", ""), fields)
    return Block(block["type"], text, block.get("link", ""))


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())[:250]


def _say(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


def _why(business: Business, venue: Venue | None) -> str:
    name = venue.name if venue else business.name
    return _("You get this because you have been a guest of %(name)s.") % {"name": name}
