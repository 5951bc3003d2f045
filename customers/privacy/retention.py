"""Which rows have been kept as long as their policy says. Listing only: nothing goes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, QuerySet
from django.db.models.functions import Cast, Coalesce

from crm.core.clock import add_months
from crm.tenancy.models import Business
from customers.models import Guest, Visit, known
from customers.policies import GuestDataPolicy, policies


@dataclass(frozen=True, slots=True)
class Overdue:
    """Rows of one kind that are older than their policy allows."""

    title: str
    model: str
    keep_months: int
    rows: int


def overdue_rows(business: Business, *, today: date) -> list[Overdue]:
    """Return what is overdue on ``today``, by policy; kinds without any are left out.

    Months count from the guest's last visit, else from when they were written down, and
    a month is over when it is over as a whole. Who is here or expected is never overdue.
    """
    overdue = [
        Overdue(str(policy.title), policy.model._meta.label, policy.keep_months, rows)
        for policy in policies()
        if policy.keep_months
        and (rows := _count(policy, business, add_months(today, -policy.keep_months)))
    ]
    return sorted(overdue, key=lambda kind: kind.model)


def _count(policy: GuestDataPolicy, business: Business, before: date) -> int:
    guests = guests_last_here_before(business, before).values("pk")
    path = f"{policy.guest_path}__in"
    return policy.model._base_manager.filter(**{path: guests}).count()


def guests_last_here_before(business: Business, day: date) -> QuerySet[Guest]:
    """Return known guests whose last visit ended before ``day``, who are not expected."""
    expected = Visit.objects.filter(
        business=business, state__in=(Visit.State.BOOKED, Visit.State.IN_HOUSE)
    )
    return (
        business.guests.filter(known())
        .exclude(pk__in=expected.values("guest"))
        .annotate(
            last_known=Coalesce(
                "summary__last_visit_on", Cast("created_at", DateField())
            )
        )
        .filter(last_known__lt=day)
    )
