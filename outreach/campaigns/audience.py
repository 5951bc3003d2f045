"""Who a campaign goes to."""

from datetime import datetime

from django.db.models import QuerySet

from crm.core.clock import local_date
from customers.models import Guest
from customers.segments.asking import guests_in
from outreach.models import Campaign


def audience_of(campaign: Campaign, *, now: datetime) -> QuerySet[Guest]:
    """Return the guests of the campaign's segment as it is now.

    A segment that is gone is nobody. Raise TreeProblem when its rules make no sense any
    more, which is nobody too.
    """
    business = campaign.business
    if campaign.segment is None:
        return business.guests.none()
    today = local_date(now, business.time_zone)
    return guests_in(business, campaign.segment.rules, today=today)
