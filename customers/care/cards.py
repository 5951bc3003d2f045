"""What the arrival card says of promises and of the checklist."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart
from customers.care.dues import CALLED_OFF, Due, due_for
from customers.care.service_policy import Service, service_for
from customers.models import Visit

DUES, SERVICE = "customers/card_promises.html", "customers/card_service.html"


def promise_notes(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Say what is due on each visit. Four queries."""
    dues = due_for(business, visits, today=timezone.localdate())
    return {
        visit.pk: CardNotes(parts=[_dues(dues.get(visit.pk, []))])
        for visit in visits
        if visit.state not in CALLED_OFF
    }


def service_notes(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Show the checklist of each visit. Two queries."""
    services = service_for(business, visits, today=timezone.localdate())
    return {
        visit.pk: CardNotes(parts=[_service(services.get(visit.pk))])
        for visit in visits
        if visit.state not in CALLED_OFF
    }


def dues_part(visit: Visit, *, today: date) -> CardPart:
    """Return the promises of one card anew."""
    return _dues(due_for(visit.business, [visit], today=today).get(visit.pk, []))


def service_part(visit: Visit, *, today: date) -> CardPart:
    """Return the checklist of one card anew."""
    return _service(service_for(visit.business, [visit], today=today).get(visit.pk))


def _dues(dues: list[Due]) -> CardPart:
    to_do = sum(due.is_open for due in dues)
    context: dict[str, object] = {"dues": dues, "to_do": to_do}
    return CardPart(DUES, context, order=10, to_do=to_do)


def _service(service: Service | None) -> CardPart:
    # Closed it is a few words beside the facts of the visit.
    return CardPart(SERVICE, {"service": service}, order=4)
