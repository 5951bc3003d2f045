"""What they said about being written to, and what stands from it at each moment."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from crm.core.addresses import is_relay_address
from crm.core.signing import address_hash
from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.rows import ConsentRow, ContactRow, SuppressionRow, VisitRow

_SOFT = "soft_opt_in"
_YES = "consent"
_PURPOSES = ("marketing", "survey")


@dataclass(slots=True)
class Ledger:
    """One guest's yes and no so far, while their story is told from the start."""

    house: House
    batch: Batch
    guest_id: int
    email: ContactRow | None
    channels: tuple[str, ...]
    said: dict[tuple[str, str], bool] = field(default_factory=dict)
    suppressed: set[str] = field(default_factory=set)

    @property
    def is_relay(self) -> bool:
        return self.email is not None and is_relay_address(self.email.normalized)

    def note(
        self,
        purpose: str,
        channel: str,
        *,
        at: datetime,
        is_granted: bool = True,
        basis: str = _YES,
        source: str = "desk",
        sale: VisitRow | None = None,
        evidence: str = "",
        noted_by: int | None = None,
    ) -> None:
        """Add a line to the ledger."""
        self.said[purpose, channel] = is_granted
        notice = self.house.notices.get((purpose, basis))
        self.batch.add(
            ConsentRow(
                id=self.batch.next_id(ConsentRow),
                business_id=self.house.business.pk,
                guest_id=self.guest_id,
                purpose=purpose,
                channel=channel,
                is_granted=is_granted,
                basis=basis,
                source=source,
                wording_id=notice.id if notice else None,
                evidence=evidence,
                sale_visit_id=sale.id if sale else None,
                noted_by_id=noted_by,
                at=at,
            )
        )

    def note_sale(self, visit: VisitRow) -> None:
        """Do what the house's notice does after a paid visit."""
        if not visit.is_paid or visit.completed_at is None:
            return
        for channel in self.channels:
            for purpose in _PURPOSES:
                if (purpose, channel) in self.said:
                    continue
                notice = self.house.notices[purpose, _SOFT]
                self.note(
                    purpose,
                    channel,
                    at=visit.completed_at,
                    basis=_SOFT,
                    source="booking",
                    sale=visit,
                    evidence=f"wording {notice.version}",
                )

    def suppress(self, scope: str, reason: str, *, at: datetime) -> None:
        """Leave the guest's email alone."""
        if self.email is None or scope in self.suppressed:
            return
        self.suppressed.add(scope)
        self.batch.add(
            SuppressionRow(
                self.batch.next_id(SuppressionRow),
                self.house.business.pk,
                "email",
                address_hash("email", self.email.normalized),
                scope,
                reason,
                at,
            )  # fmt: skip
        )


def open_ledger(
    guest_id: int, contacts: list[ContactRow], house: House, batch: Batch
) -> Ledger:
    """Return an empty ledger that knows where the guest can be reached."""
    email = next((row for row in contacts if row.kind == "email"), None)
    channels = {
        "email" if row.kind == "email" else "sms"
        for row in contacts
        if not (row.kind == "email" and is_relay_address(row.normalized))
    }
    return Ledger(house, batch, guest_id, email, tuple(sorted(channels)))


def speak_at_the_desk(ledger: Ledger, visit: VisitRow, rng: Random) -> None:
    """Some say yes or no when they arrive."""
    if visit.arrived_at is None or "email" not in ledger.channels:
        return
    point = rng.random()
    staff = ledger.house.staff_ids[int(point * 1e6) % len(ledger.house.staff_ids)]
    if point < 0.05 and not ledger.said.get(("marketing", "email")):
        ledger.note(
            "marketing", "email", at=visit.arrived_at, evidence="said yes at the desk",
            noted_by=staff,
        )  # fmt: skip
    elif point > 0.994 and ledger.said.get(("marketing", "email"), True):
        ledger.note(
            "marketing", "email", at=visit.arrived_at, is_granted=False,
            evidence="said no at the desk", noted_by=staff,
        )  # fmt: skip


def unsubscribe(ledger: Ledger, purpose: str, *, at: datetime, rng: Random) -> None:
    """Use the link at the foot of a message, or the preference page behind it."""
    later = at + timedelta(minutes=rng.randrange(2, 900))
    if later >= ledger.house.now:
        return
    by_link = rng.random() < 0.7
    ledger.note(
        purpose,
        "email",
        at=later,
        is_granted=False,
        source="unsubscribe" if by_link else "preferences",
        evidence="link in a message",
    )
    if by_link:
        ledger.suppress(purpose, "unsubscribed", at=later)
