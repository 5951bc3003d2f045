"""Yes and no: what each guest has said about being written to, with proof.

The ledger is only added to. What holds now is the newest entry per purpose and channel.
Whether a message may go is decided in outreach; here are the facts it rests on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.core.addresses import is_relay_address
from crm.tenancy.models import Business
from customers.models import (
    Channel,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Guest,
    Purpose,
    Visit,
)

Basis = ConsentWording.Basis

# A soft opt-in is for the house's own similar services; these are the purposes the
# notice at the sale may cover.
SOFT_OPT_IN_PURPOSES = (Purpose.SURVEY, Purpose.MARKETING)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The newest word on one purpose and channel.

    ``has_sale`` says whether a soft opt-in rests on a completed, paid visit, as the law
    asks; it is True for every other basis.
    """

    is_granted: bool
    basis: str
    source: str
    at: datetime
    has_sale: bool

    @property
    def is_soft_opt_in(self) -> bool:
        return self.is_granted and self.basis == Basis.SOFT_OPT_IN


@transaction.atomic
def record_consent(
    guest: Guest,
    *,
    purpose: str,
    channel: str,
    is_granted: bool,
    source: str,
    now: datetime,
    basis: str = Basis.CONSENT,
    wording: ConsentWording | None = None,
    evidence: str = "",
    sale_visit: Visit | None = None,
    noted_by: User | None = None,
) -> ConsentEvent:
    """Append one yes or no.

    ``evidence`` is what a court would be shown, without copies of personal data.
    """
    return ConsentEvent.objects.create(
        business=guest.business,
        guest=guest,
        purpose=purpose,
        channel=channel,
        is_granted=is_granted,
        basis=basis,
        source=source,
        wording=wording or current_wording(guest.business, purpose, basis),
        evidence=evidence,
        sale_visit=sale_visit,
        noted_by=noted_by,
        at=now,
    )


def current_wording(
    business: Business, purpose: str, basis: str
) -> ConsentWording | None:
    """Return the sentence guests are shown today for this purpose and basis."""
    return business.consent_wordings.filter(
        purpose=purpose, basis=basis, is_current=True
    ).first()


def note_soft_opt_in(visit: Visit, *, now: datetime) -> None:
    """After a paid visit, note what the house's notice at the sale allows.

    Only where the house has such a notice, where the guest has never said anything
    about the purpose, and where a direct address is known: an address that a booking
    site hands out was not given to us. A notice whose sale has fallen is given anew.
    """
    wordings = {
        wording.purpose: wording
        for wording in visit.business.consent_wordings.filter(
            basis=Basis.SOFT_OPT_IN, is_current=True, purpose__in=SOFT_OPT_IN_PURPOSES
        )
    }
    if not wordings:
        return
    states = consent_states([visit.guest_id])
    for channel in _direct_channels(visit.guest):
        for purpose, wording in sorted(wordings.items()):
            said = states.get((visit.guest_id, purpose, channel))
            if said and (not said.is_soft_opt_in or said.has_sale):
                continue
            record_consent(
                visit.guest,
                purpose=purpose,
                channel=channel,
                is_granted=True,
                basis=Basis.SOFT_OPT_IN,
                source=ConsentEvent.Source.BOOKING,
                wording=wording,
                evidence=f"wording {wording.version}",
                sale_visit=visit,
                now=now,
            )


def _direct_channels(guest: Guest) -> list[str]:
    points = guest.contact_points.all()
    channels = {
        point.channel
        for point in points
        if not (
            point.kind == ContactPoint.Kind.EMAIL and is_relay_address(point.normalized)
        )
    }
    return sorted(channels)


def consent_states(
    guest_ids: Iterable[int],
) -> dict[tuple[int, str, str], ConsentState]:
    """Return the newest word by ``(guest id, purpose, channel)``; absent means silence.

    Costs one query for any number of guests.
    """
    newest = (
        ConsentEvent.objects.filter(guest__in=list(guest_ids))
        .select_related("sale_visit")
        .order_by("guest_id", "purpose", "channel", "-at", "-pk")
        .distinct("guest_id", "purpose", "channel")
    )
    return {
        (event.guest_id, event.purpose, event.channel): ConsentState(
            is_granted=event.is_granted,
            basis=event.basis,
            source=event.source,
            at=event.at,
            has_sale=event.basis != Basis.SOFT_OPT_IN
            or (event.sale_visit is not None and event.sale_visit.is_paid),
        )
        for event in newest
    }


def channels_of(guest: Guest) -> list[str]:
    """Return the channels for which the guest has an address."""
    kinds = set(guest.contact_points.values_list("kind", flat=True))
    channels = []
    if ContactPoint.Kind.EMAIL in kinds:
        channels.append(Channel.EMAIL.value)
    if ContactPoint.Kind.PHONE in kinds:
        channels.append(Channel.SMS.value)
    return channels
