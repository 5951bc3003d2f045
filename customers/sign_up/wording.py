"""The sentences that people say yes to, in versions: what was shown can be proved."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from customers.models import ConsentWording

Basis = ConsentWording.Basis


def versions_of(business: Business, purpose: str) -> list[ConsentWording]:
    """Return every version there was, the newest first."""
    versions = business.consent_wordings.filter(purpose=purpose, basis=Basis.CONSENT)
    return list(versions.order_by("-version"))


@transaction.atomic
def reword(
    business: Business,
    purpose: str,
    texts: Mapping[str, str],
    *,
    actor: User,
    now: datetime,
) -> ConsentWording:
    """Ask with other words from now on; the old ones stay with whoever said yes to them.

    The same words again are no new version.
    """
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    written = {code: text for code, text in texts.items() if text}
    versions = versions_of(business, purpose)
    current = next((one for one in versions if one.is_current), None)
    if current is not None and current.texts == written:
        return current
    if current is not None:
        current.is_current = False
        current.save(update_fields=["is_current"])
    record_event(
        business=business,
        actor=actor,
        action="amended",
        subject=business,
        fields=["consent wording"],
        now=now,
    )
    return ConsentWording.objects.create(
        business=business,
        purpose=purpose,
        basis=Basis.CONSENT,
        version=versions[0].version + 1 if versions else 1,
        texts=written,
        created_at=now,
    )
