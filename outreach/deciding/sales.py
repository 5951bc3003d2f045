"""What a paid visit allows, as the house tells its guests at the sale."""

from dataclasses import replace

from crm.tenancy.models import Business
from customers.models import ConsentWording
from outreach.deciding.decision import MessageFacts, Permission


def announced_purposes(business: Business) -> set[str]:
    """Return what guests are told at the sale, which a paid visit then allows."""
    notices = business.consent_wordings.filter(
        basis=ConsentWording.Basis.SOFT_OPT_IN, is_current=True
    )
    return set(notices.values_list("purpose", flat=True))


def once_paid(facts: MessageFacts, announced: set[str]) -> MessageFacts:
    """Return the facts as a paid visit will leave them for a guest never asked.

    A sale that fell is made good by the next one.
    """
    said = facts.permission
    is_open = said is None or (said.is_granted and not said.has_sale)
    if is_open and facts.kind in announced:
        return replace(facts, permission=Permission(is_granted=True))
    return facts
