"""What the log and the guest page say of addresses that are left alone."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from customers.models import Guest, Suppression
from customers.panels import Panel, register_panel
from outreach.preferences.stopped import Why, stops_of


def register_stops() -> None:
    register_subject(
        Suppression,
        _("an address that is left alone"),
        page_of=_stopped,
        called=_stop_names,
        fields={why.value: why.label for why in Why},
    )
    register_panel("stops", stops_panel)


def stops_panel(guest: Guest, now: datetime) -> Panel | None:
    """Return what is closed at the guest's addresses, since when and why."""
    stops = stops_of(guest)
    if not stops:
        return None
    return Panel("outreach/stops_panel.html", {"stops": stops}, order=61)


def _stopped(business: Business, _reference: str) -> str:
    return reverse("outreach:stopped", args=[business.slug])


def _stop_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.suppressions.filter(pk__in=references)
    return {
        str(row.pk): f"{row.get_channel_display()}: {row.get_scope_display()}"
        for row in rows
    }
