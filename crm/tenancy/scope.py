"""What a page of figures is about: a period and a venue, both in its URL."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from crm.core.periods import Period, labels, period_for
from crm.tenancy.decorators import StaffRequest
from crm.tenancy.models import Venue


@dataclass(frozen=True, slots=True)
class Scope:
    """The period and the venue asked for; ``venue`` None means the whole house."""

    period: Period
    venue: Venue | None
    venues: list[Venue]

    @property
    def periods(self) -> list[tuple[str, str]]:
        """Return key and name of each period there is to choose."""
        return list(labels().items())


def scope_of(request: StaffRequest, *, today: date) -> Scope:
    """Return the scope of ``?period=`` and ``?venue=``, the usual one for nonsense.

    Costs one query.
    """
    venues = list(request.business.venues.order_by("name", "pk"))
    asked = _uuid(request.GET.get("venue", ""))
    return Scope(
        period=period_for(request.GET.get("period", ""), today),
        venue=next((venue for venue in venues if venue.uuid == asked), None),
        venues=venues,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
