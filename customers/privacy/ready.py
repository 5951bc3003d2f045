"""The sentences a new house asks with, so that a yes can be proved from the first day."""

from datetime import datetime

from django.utils.translation import gettext as _

from crm.core.languages import in_guest_languages
from crm.tenancy.models import Business
from customers.models import ConsentWording, Purpose

Basis = ConsentWording.Basis

# The notice for the soft opt-in is another matter: see customers/privacy/consent_notice.py.
_ASKED_WITH = {
    Purpose.SURVEY: lambda: _(
        "You may write and ask me how it was. I can change my mind at any time."
    ),
    Purpose.MARKETING: lambda: _(
        "You may send me news and offers. I can change my mind at any time."
    ),
}


def create_ready_wordings(business: Business, *, now: datetime) -> None:
    """Create what guests say yes to, in all guest languages. Once is enough."""
    ConsentWording.objects.bulk_create(
        (
            ConsentWording(
                business=business,
                purpose=purpose,
                basis=Basis.CONSENT,
                version=1,
                texts=in_guest_languages(say),
                created_at=now,
            )
            for purpose, say in _ASKED_WITH.items()
        ),
        ignore_conflicts=True,
    )
