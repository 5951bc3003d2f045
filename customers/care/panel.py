"""The panel of a guest's page with what they like and what waits for them."""

from dataclasses import dataclass
from datetime import date, datetime

from crm.core.clock import local_date
from customers.care.dues import waiting_promises
from customers.care.preference_forms import PreferenceForm
from customers.care.preferences import is_stale
from customers.models import Guest, Preference
from customers.panels import Panel


@dataclass(frozen=True, slots=True)
class LikeLine:
    """One wish. ``is_stale`` when it is time to ask again."""

    preference: Preference
    is_stale: bool
    is_fresh: bool
    days: int

    @classmethod
    def of(cls, preference: Preference, *, today: date) -> "LikeLine":
        return cls(
            preference,
            is_stale(preference, today=today),
            preference.confirmed_on >= today,
            max(0, (today - preference.confirmed_on).days),
        )


def likes_panel(guest: Guest, now: datetime) -> Panel:
    """Show wishes, what waits for the next arrival, and where to note more.

    Three queries.
    """
    today = local_date(now, guest.business.time_zone)
    wishes = (
        guest.preferences.filter(ended_at=None)
        .select_related("kind")
        .order_by("kind__position", "noted_at", "pk")
    )
    context: dict[str, object] = {
        "likes": [LikeLine.of(wish, today=today) for wish in wishes],
        "waiting": list(
            waiting_promises(guest.business, [guest.pk]).order_by("made_at", "pk")
        ),
        "form": PreferenceForm(business=guest.business),
    }
    return Panel("customers/likes_panel.html", context, order=20)
