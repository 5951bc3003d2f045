"""What the ready automations say, in every guest language. Field names are never
translated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """The parts of one message, each asked for in the language that is active then."""

    subject: Callable[[], str]
    text: Callable[[], str]
    sms: Callable[[], str]
    preview: Callable[[], str] | None = None
    heading: Callable[[], str] | None = None
    button: Callable[[], str] | None = None
    link: str = "survey"


def contents_of(words: Words) -> dict[str, Any]:
    """Return them as a template version holds them."""
    contents = {}
    for code in settings.GUEST_LANGUAGES:
        with translation.override(code):
            contents[code] = _in_this_language(words)
    return contents


def _in_this_language(words: Words) -> dict[str, Any]:
    blocks = []
    if words.heading:
        blocks.append({"type": "heading", "text": words.heading()})
    blocks.append({"type": "text", "text": words.text()})
    if words.button:
        button = {"type": "button", "text": words.button(), "link": words.link}
        blocks.append(button)
    blocks.append({"type": "text", "text": _closing()})
    return {
        "subject": words.subject(),
        "preview": words.preview() if words.preview else "",
        "blocks": blocks,
        "sms": {"text": words.sms()},
    }


def _closing() -> str:
    return _("We hope to see you again.\n\n{{ business.name }}")


AFTER_STAY = Words(
    subject=lambda: _("Thank you for coming. How was it?"),
    preview=lambda: _("Three short questions, one minute."),
    heading=lambda: _("Thank you for coming"),
    text=lambda: _(
        "{{ greeting }},\n\nit was good to have you at {{ venue.name }}. Would you "
        "tell us how it was? It takes a minute, and a person reads every answer."
    ),
    button=lambda: _("Tell us how it was"),
    sms=lambda: _(
        "{{ greeting }}, thank you for coming to {{ venue.name }}. How was it? "
        "{{ survey_link }}"
    ),
)
AFTER_MEAL = Words(
    subject=lambda: _("How was your meal?"),
    preview=lambda: _("Three short questions, one minute."),
    text=lambda: _(
        "{{ greeting }},\n\nthank you for eating with us at {{ venue.name }}. Would "
        "you tell us how it was? The kitchen reads every answer."
    ),
    button=lambda: _("Tell us how it was"),
    sms=lambda: _(
        "{{ greeting }}, thank you for eating at {{ venue.name }}. How was it? "
        "{{ survey_link }}"
    ),
)
AFTER_TOUR = Words(
    subject=lambda: _("How was the tour?"),
    preview=lambda: _("Three short questions, one minute."),
    text=lambda: _(
        "{{ greeting }},\n\nthank you for coming along with {{ venue.name }}. Would "
        "you tell us how it was? Your guide reads every answer."
    ),
    button=lambda: _("Tell us how it was"),
    sms=lambda: _(
        "{{ greeting }}, thank you for coming along with {{ venue.name }}. How was "
        "it? {{ survey_link }}"
    ),
)
PULSE = Words(
    subject=lambda: _("Is everything as you like it?"),
    text=lambda: _(
        "{{ greeting }},\n\nwe hope you feel at home at {{ venue.name }}. Is there "
        "anything we can do better while you are here? Answer this message or tell "
        "anyone of us."
    ),
    sms=lambda: _(
        "{{ greeting }}, is everything as you like it at {{ venue.name }}? Tell any "
        "of us what we can do better while you are here."
    ),
)
BEFORE_ARRIVAL = Words(
    subject=lambda: _("Soon you are here. What should we know?"),
    text=lambda: _(
        "{{ greeting }},\n\nwe look forward to seeing you at {{ venue.name }} on "
        "{{ visit.arrival }}. Is there anything you like or cannot eat, or anything "
        "else that makes your visit better? Tell us, and we see to it."
    ),
    button=lambda: _("Tell us what you like"),
    link="details",
    sms=lambda: _(
        "{{ greeting }}, we look forward to seeing you at {{ venue.name }} on "
        "{{ visit.arrival }}. What should we know? {{ details_link }}"
    ),
)
WELCOME = Words(
    subject=lambda: _("It was good to meet you"),
    text=lambda: _(
        "{{ greeting }},\n\nthank you for your first visit to {{ venue.name }}. Next "
        "time, book with us and tell us what you liked: we remember it."
    ),
    sms=lambda: _(
        "{{ greeting }}, thank you for your first visit to {{ venue.name }}. Book with "
        "us next time, and we remember what you liked."
    ),
)
BIRTHDAY = Words(
    subject=lambda: _("Happy birthday"),
    text=lambda: _(
        "{{ greeting }},\n\nall of us at {{ business.name }} wish you a happy "
        "birthday. If you celebrate with us, let us know: we would like to make "
        "something of it."
    ),
    sms=lambda: _(
        "{{ greeting }}, all of us at {{ business.name }} wish you a happy birthday!"
    ),
)
COME_BACK = Words(
    subject=lambda: _("We have not seen you for a while"),
    text=lambda: _(
        "{{ greeting }},\n\nit has been longer than usual since you were at "
        "{{ business.name }}, and we would like to see you again. Answer this message, "
        "and we find a time that suits you."
    ),
    sms=lambda: _(
        "{{ greeting }}, it has been a while. We would like to see you again at "
        "{{ business.name }}."
    ),
)
REMINDER = Words(
    subject=lambda: _("You asked us to remind you"),
    text=lambda: _(
        "{{ greeting }},\n\nwhen you were at {{ venue.name }} last, you asked us to "
        "write to you about now. Would you like to come again? Answer this message, "
        "and we see to the rest."
    ),
    sms=lambda: _(
        "{{ greeting }}, you asked {{ venue.name }} to remind you about now. Would you "
        "like to come again?"
    ),
)
ANNIVERSARY = Words(
    subject=lambda: _("It was about now that you came first"),
    text=lambda: _(
        "{{ greeting }},\n\nat this time of the year you came to {{ business.name }} "
        "for the first time. Thank you for being our guest. We would like to see you "
        "again."
    ),
    sms=lambda: _(
        "{{ greeting }}, at this time of the year you came to {{ business.name }} for "
        "the first time. Thank you!"
    ),
)
NO_SHOW = Words(
    subject=lambda: _("We missed you"),
    text=lambda: _(
        "{{ greeting }},\n\nwe expected you at {{ venue.name }} on "
        "{{ visit.arrival }}. We hope all is well. If something came up, answer this "
        "message, and we find another time."
    ),
    sms=lambda: _(
        "{{ greeting }}, we expected you at {{ venue.name }} on {{ visit.arrival }} "
        "and hope all is well. Would another time suit you?"
    ),
)
