"""Who is to be asked something, of those who come next: the cards of the days ahead."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from crm.tenancy.models import Business
from customers.models import Visit, known
from customers.quality.question import Question
from customers.quality.questions import questions_for

DAYS_AHEAD = 14
MOST = 200


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A visit, and what its guest is to be asked then."""

    visit: Visit
    questions: list[Question]


def to_ask(
    business: Business, *, venue_ids: list[int], today: date, most: int = MOST
) -> list[ToAsk]:
    """Return who is here, or comes in the next days, and what they are to be asked.

    Each guest once, at their first visit. Costs at most six queries.
    """
    last = today + timedelta(days=DAYS_AHEAD)
    soon = Q(state=Visit.State.BOOKED, arrival_date__range=(today, last))
    visits = (
        Visit.objects.filter(soon | Q(state=Visit.State.IN_HOUSE), business=business)
        .filter(known("guest"))
        .select_related("guest", "venue")
        .order_by("arrival_date", "arrival_time", "pk")
    )
    if venue_ids:
        visits = visits.filter(venue__in=venue_ids)
    first: dict[int, Visit] = {}
    for visit in visits[:most]:
        first.setdefault(visit.guest_id, visit)
    asked = questions_for(
        business, [visit.guest for visit in first.values()], today=today
    )
    return [
        ToAsk(visit, asked[guest_id])
        for guest_id, visit in first.items()
        if guest_id in asked
    ]
