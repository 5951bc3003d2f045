"""What fields are called in a guest's copy, where their own name says it too shortly."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {
    "accepted_at": _("Sent"),
    "arrival_time": _("Time of arrival"),
    "at": _("When"),
    "basis": _("Because"),
    "birthday_day": _("Birthday, day"),
    "birthday_month": _("Birthday, month"),
    "body_text": _("Text"),
    "cancelled_visits": _("Cancelled visits"),
    "channel": _("By"),
    "created_at": _("Written down"),
    "evidence": _("Proof"),
    "external_id": _("Number in another system"),
    "first_visit_on": _("First visit"),
    "from_tier__name": _("From"),
    "is_granted": _("Yes or no"),
    "is_primary": _("Used first"),
    "joined_at": _("Since"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_visit_on": _("Last visit"),
    "next_arrival_on": _("Next arrival"),
    "nights": _("Nights"),
    "no_shows": _("Visits you did not come to"),
    "normalized": _("As we compare it"),
    "number": _("Number"),
    "purpose": _("About"),
    "raw": _("As you gave it"),
    "reason": _("Why"),
    "scope": _("What"),
    "send_at": _("Planned for"),
    "sent_at": _("Sent"),
    "source": _("From where"),
    "spend": _("Spend"),
    "state": _("State"),
    "status": _("State"),
    "subject": _("Subject"),
    "submitted_at": _("Answered"),
    "text": _("Words"),
    "tier__name": _("Tier"),
    "tier_at_sending": _("Tier at that time"),
    "tier_since": _("Tier since"),
    "to_address": _("To"),
    "to_tier__name": _("To"),
    "updated_at": _("Last changed"),
    "venue__name": _("Venue"),
    "visits": _("Visits"),
    "visits_in_window": _("Visits that count"),
    "wording__texts": _("What you were told"),
}


def word_for(path: str) -> str:
    """Return the word for a field, or an empty text when its own name will do."""
    return str(_WORDS.get(path, ""))
