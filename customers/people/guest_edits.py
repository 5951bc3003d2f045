"""Change a guest while others may do the same: nothing is overwritten unseen.

A form carries, signed, what it began with. When it comes back, that is compared with
what is held by then: what only others changed is kept, what both changed is asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core import signing
from django.db import transaction

from crm.accounts.models import User
from crm.audit.models import Event
from customers.edited_at_once import Clash, PutTogether, Values, put_together
from customers.guests import amend_guest
from customers.holding import hold_guest
from customers.models import Guest
from customers.people.guest_values import Typed, facts_from, values_of

MINE, THEIRS = "mine", "theirs"
_ELSEWHERE = ["health_needs", "household", "photo", "tags"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a form began with.

    ``asked`` is what both had changed by then, each with what it is when the others'
    is chosen; it comes back with an answer.
    """

    values: Values
    asked: Values = field(default_factory=dict)

    def sealed(self, guest: Guest) -> str:
        """Return the beginning as a signed text, good for this guest only."""
        kept = {"values": self.values, "asked": self.asked}
        return signing.dumps(kept, salt=_salt(guest), compress=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an edit: it is saved if nothing clashes.

    ``kept`` names what others changed meanwhile. ``values`` and ``beginning`` are what
    the form goes on with when something has to be asked.
    """

    clashes: list[Clash]
    changed: list[str]
    kept: list[str]
    values: Values
    beginning: Beginning


def beginning_of(guest: Guest, names: Iterable[str]) -> Beginning:
    """Return what a form that asks for ``names`` begins with."""
    held = values_of(guest)
    return Beginning({name: held.get(name) for name in names})


def read_beginning(guest: Guest, text: str) -> Beginning | None:
    """Return what a form of this guest began with, or None when it is not ours."""
    try:
        kept = signing.loads(text, salt=_salt(guest))
    except signing.BadSignature:
        return None
    return Beginning(kept["values"], kept["asked"])


@transaction.atomic
def amend_beside_others(
    guest: Guest,
    *,
    mine: Values,
    typed: Typed,
    beginning: Beginning | None,
    choices: Mapping[str, str],
    actor: User | None,
    now: datetime,
) -> Outcome:
    """Change ``guest`` to what was typed, together with what others changed meanwhile.

    ``choices`` answer what the form asked: ``mine`` or ``theirs``, by name. Raise
    GuestIsForgotten or MemberNumberIsTaken.
    """
    hold_guest(guest)
    guest.refresh_from_db()
    theirs = values_of(guest)
    beginning = beginning or Beginning({name: theirs.get(name) for name in mine})
    mine |= {
        name: option
        for name, option in beginning.asked.items()
        if name in mine and choices.get(name) == THEIRS
    }
    together = put_together(base=beginning.values, mine=mine, theirs=theirs)
    clashes = together.clashes + _unanswered(beginning, choices, together, theirs)
    changed = []
    if not clashes:
        facts = facts_from(_named(together.values, guest), guest=guest, typed=typed)
        changed = amend_guest(guest, facts=facts, actor=actor, now=now)
    going_on = Beginning(
        {name: theirs.get(name) for name in mine},
        {clash.name: clash.theirs for clash in clashes},
    )
    return Outcome(clashes, changed, together.kept, together.values, going_on)


def who_else_changed(guest: Guest, *, me: User) -> Event | None:
    """Return the last change of the guest by somebody other than ``me``."""
    events = guest.business.audit_events.filter(
        object_type=guest._meta.label_lower,
        object_ref=str(guest.uuid),
        action="amended",
    )
    # What no form of the guest asks for; and few are to know of health needs.
    events = events.exclude(fields__contained_by=_ELSEWHERE)
    return (
        events.exclude(actor=me).select_related("actor").order_by("-at", "-pk").first()
    )


def _unanswered(
    beginning: Beginning,
    choices: Mapping[str, str],
    together: PutTogether,
    theirs: Values,
) -> list[Clash]:
    asked_anew = {clash.name for clash in together.clashes}
    return [
        Clash(name, together.values[name], option)
        for name, option in beginning.asked.items()
        if choices.get(name) not in {MINE, THEIRS}
        and name not in asked_anew
        and together.values.get(name) != theirs.get(name)
    ]


def _named(values: Values, guest: Guest) -> Values:
    # Each of two people may have taken away one half of the name.
    if any(values[name] for name in ("given_name", "family_name", "display_name")):
        return values
    return values | {"display_name": guest.display_name}


def _salt(guest: Guest) -> str:
    return f"customers.people.guest_edits:{guest.uuid}"
