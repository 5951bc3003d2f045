"""What outreach does with segments, for their own pages."""

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Segment
from customers.segments.uses import Use, register_use
from outreach.models import Campaign

_OVER = (Campaign.State.DONE, Campaign.State.CANCELLED)


def register_segment_uses() -> None:
    register_use("automations", automation_uses)
    register_use("campaigns", campaign_uses)


def automation_uses(segments: list[Segment]) -> dict[int, list[Use]]:
    """Return the automations that go to the guests of each segment. One query."""
    business = segments[0].business
    found: dict[int, list[Use]] = {}
    rows = business.automations.filter(segment__in=segments).order_by("name", "pk")
    for row in rows:
        url = reverse("outreach:automation_edit", args=[business.slug, row.uuid])
        use = Use(_("Automation"), row.name, url, is_on=row.is_active)
        found.setdefault(row.segment_id or 0, []).append(use)
    return found


def campaign_uses(segments: list[Segment]) -> dict[int, list[Use]]:
    """Return the campaigns to each segment; one that is over holds it no more.

    One query.
    """
    business = segments[0].business
    found: dict[int, list[Use]] = {}
    rows = business.campaigns.filter(segment__in=segments)
    for row in rows.order_by("-created_at", "-pk"):
        goes_on = row.state not in _OVER
        url = reverse("outreach:campaign_detail", args=[business.slug, row.uuid])
        use = Use(_("Campaign"), row.name, url, is_on=True, holds=goes_on)
        found.setdefault(row.segment_id or 0, []).append(use)
    return found
