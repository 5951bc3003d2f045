"""What guests said about being written to, told from the start, line by line."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm.core.addresses import is_relay_address
from crm.core.signing import address_hash
from crm.devtools.demo.rows import ConsentRow, ContactRow, SuppressionRow, VisitRow
from crm.devtools.demo.scene import Scene
from customers.consent import SOFT_OPT_IN_PURPOSES
from customers.models import ConsentEvent, ConsentWording, Suppression
from outreach.deciding.decision import Permission

Basis = ConsentWording.Basis
Source = ConsentEvent.Source
Reason = Suppression.Reason

_PURPOSES = tuple(sorted(purpose.value for purpose in SOFT_OPT_IN_PURPOSES))


@dataclass(slots=True)
class Ledger:
    """One guest's yes and no so far, and the email address they gave first."""

    scene: Scene
    guest_id: int
    email: ContactRow | None
    channels: tuple[str, ...]
    said: dict[tuple[str, str], bool] = field(default_factory=dict)
    suppressed: set[str] = field(default_factory=set)

    @property
    def is_relay(self) -> bool:
        return self.email is not None and is_relay_address(self.email.normalized)

    @property
    def fingerprint(self) -> bytes | None:
        return address_hash("email", self.email.normalized) if self.email else None

    def permission(self, purpose: str) -> Permission | None:
        """Return what the newest word about emails is."""
        is_granted = self.said.get((purpose, "email"))
        return None if is_granted is None else Permission(is_granted=is_granted)

    def note_sale(self, visit: VisitRow) -> None:
        """Do what the house's notice does after a paid visit."""
        if not visit.is_paid or visit.completed_at is None:
            return
        for channel in self.channels:
            for purpose in _PURPOSES:
                if (purpose, channel) not in self.said:
                    self._note_soft_opt_in(purpose, channel, visit, visit.completed_at)

    def _note_soft_opt_in(
        self, purpose: str, channel: str, sale: VisitRow, at: datetime
    ) -> None:
        basis = Basis.SOFT_OPT_IN.value
        row = self._row(purpose, channel, True, basis, Source.BOOKING, at)
        version = self.scene.house.notices[purpose, basis].version
        row.sale_visit_id, row.evidence = sale.id, f"wording {version}"

    def note_at_the_desk(self, purpose: str, *, is_granted: bool, at: datetime) -> None:
        row = self._row(purpose, "email", is_granted, Basis.CONSENT, Source.DESK, at)
        row.evidence = "said yes at the desk" if is_granted else "said no at the desk"
        row.noted_by_id = self.scene.rng.choice(self.scene.house.staff_ids)

    def note_no(self, purpose: str, *, source: str, at: datetime) -> None:
        row = self._row(purpose, "email", False, Basis.CONSENT, source, at)
        row.evidence = "link in a message"

    def _row(
        self,
        purpose: str,
        channel: str,
        is_granted: bool,
        basis: str,
        source: str,
        at: datetime,
    ) -> ConsentRow:
        self.said[purpose, channel] = is_granted
        notice = self.scene.house.notices.get((purpose, basis))
        row = ConsentRow(
            id=self.scene.next_id(ConsentRow),
            business_id=self.scene.business_id,
            guest_id=self.guest_id,
            purpose=purpose,
            channel=channel,
            is_granted=is_granted,
            basis=basis,
            source=source,
            wording_id=notice.id if notice else None,
            at=at,
        )
        self.scene.batch.add(row)
        return row

    def suppress(self, scope: str, reason: str, *, at: datetime) -> None:
        """Leave the guest's email alone from now on."""
        fingerprint = self.fingerprint
        if fingerprint is None or scope in self.suppressed:
            return
        self.suppressed.add(scope)
        row = SuppressionRow(
            id=self.scene.next_id(SuppressionRow),
            business_id=self.scene.business_id,
            channel="email",
            address_hash=fingerprint,
            scope=scope,
            reason=reason,
            created_at=at,
        )
        self.scene.batch.add(row)


def open_ledger(guest_id: int, contacts: list[ContactRow], scene: Scene) -> Ledger:
    """Return an empty ledger that knows where the guest can be reached."""
    email = next((row for row in contacts if row.kind == "email"), None)
    channels = {
        "email" if row.kind == "email" else "sms"
        for row in contacts
        if row.kind == "phone" or not is_relay_address(row.normalized)
    }
    return Ledger(scene, guest_id, email, tuple(sorted(channels)))


def speak_at_the_desk(ledger: Ledger, visit: VisitRow) -> None:
    """Let some say yes or no to news when they arrive."""
    if visit.arrived_at is None or "email" not in ledger.channels:
        return
    point = ledger.scene.rng.random()
    said = ledger.said.get(("marketing", "email"))
    if point < 0.05 and not said:
        ledger.note_at_the_desk("marketing", is_granted=True, at=visit.arrived_at)
    elif point > 0.994 and said is not False:
        ledger.note_at_the_desk("marketing", is_granted=False, at=visit.arrived_at)


def perhaps_unsubscribe(ledger: Ledger, *, after: datetime) -> None:
    """Let a few use the link at the foot of a message, or the page behind it."""
    rng = ledger.scene.rng
    if rng.random() > 0.006:
        return
    at = after + timedelta(minutes=rng.randrange(2, 900))
    if at >= ledger.scene.house.now:
        return
    if rng.random() < 0.6:
        ledger.note_no("survey", source=Source.UNSUBSCRIBE, at=at)
        ledger.suppress("survey", Reason.UNSUBSCRIBED, at=at)
    else:
        for purpose in _PURPOSES:
            ledger.note_no(purpose, source=Source.PREFERENCES, at=at)
