"""Choose how much a guest may hear from the house."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.audit.subjects import register_subject
from crm.tenancy.models import Business, Staff
from outreach.deciding.decision import Reason
from outreach.models import ContactBudget, Message


def register_subjects() -> None:
    register_subject(
        ContactBudget,
        _("how much guests hear"),
        page_of=_page,
        called=_names,
        role=Staff.Role.MANAGER,
    )


@transaction.atomic
def keep_budget(
    budget: ContactBudget, *, changed: list[str], actor: User, now: datetime
) -> None:
    """Keep ``budget``, and let what waits for room be asked about anew."""
    values = {
        name: getattr(budget, name)
        for name in ("marketing_contacts", "marketing_days", "survey_days")
    }
    kept, is_new = ContactBudget.objects.update_or_create(
        business=budget.business, defaults=values
    )
    record_event(
        business=budget.business,
        actor=actor,
        action="created" if is_new else "amended",
        subject=kept,
        fields=changed,
        now=now,
    )
    budget.business.messages.filter(
        status=Message.Status.QUEUED, reason=Reason.BUDGET
    ).update(send_at=Now(), reason="", updated_at=Now())


def _page(business: Business, _reference: str) -> str:
    return reverse("outreach:budget", args=[business.slug])


def _names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = ContactBudget.objects.filter(business=business, pk__in=references)
    return {str(row.pk): business.name for row in rows}
