"""What guests like: noted, made sure of, changed, and one day no longer so.

What becomes of a wish on a visit is in ``customers/care/promises.py``.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.holding import hold_guest
from customers.models import Guest, Preference, PreferenceKind, Promise, Visit

Said, Lasts = Preference.Said, Preference.Lasts

# After this, people may have changed their minds.
STALE_AFTER = timedelta(days=365)

OPEN = (Visit.State.BOOKED, Visit.State.IN_HOUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is known of a wish: what about, what, who said so, and for how long."""

    kind: PreferenceKind
    wish: str
    said_by: str = Said.GUEST
    lasts: str = Lasts.ALWAYS


class ChangedMeanwhile(Exception):
    """Somebody else changed or ended the wish; ``preference`` is how it is now."""

    def __init__(self, preference: Preference) -> None:
        super().__init__(_("Somebody else has changed this meanwhile."))
        self.preference = preference


COLUMNS = tuple(field.name for field in fields(Wish))


def is_stale(preference: Preference, *, today: date) -> bool:
    """Return whether it is so long since anybody made sure that one should ask."""
    return preference.confirmed_on < today - STALE_AFTER


@transaction.atomic
def note_preference(
    guest: Guest, wish: Wish, *, actor: User | None, today: date, now: datetime
) -> Preference:
    """Note a wish. The same words about the same thing again only confirm it.

    Raise GuestIsForgotten when there is nobody any more.
    """
    hold_guest(guest)
    current = guest.preferences.filter(kind=wish.kind, ended_at=None)
    known = current.filter(wish__iexact=wish.wish).order_by("pk").first()
    if known is not None:
        confirm_preference(known, actor=actor, today=today, now=now)
        return known
    preference = Preference.objects.create(
        business=guest.business,
        guest=guest,
        kind=wish.kind,
        wish=wish.wish,
        said_by=wish.said_by,
        lasts=wish.lasts,
        confirmed_on=today,
        noted_by=actor,
        noted_at=now,
    )
    _record(preference, "created", actor=actor, now=now)
    return preference


@transaction.atomic
def confirm_preference(
    preference: Preference, *, actor: User | None, today: date, now: datetime
) -> bool:
    """Note that somebody made sure today; return whether that is new."""
    preference = _held(preference)
    if preference.ended_at or preference.confirmed_on >= today:
        return False
    preference.confirmed_on = today
    preference.save(update_fields=["confirmed_on"])
    _record(preference, "confirmed", actor=actor, now=now, changed=["confirmed_on"])
    return True


@transaction.atomic
def change_preference(
    preference: Preference,
    wish: Wish,
    *,
    seen: str,
    actor: User | None,
    today: date,
    now: datetime,
) -> list[str]:
    """Put a wish right, which also confirms it; return the names of what changed.

    What is written down and still open on visits changes with it. ``seen`` is how the
    wish read when the change was begun: raise ChangedMeanwhile when it no longer does.
    """
    preference = _held(preference)
    changed = [
        name for name in COLUMNS if getattr(preference, name) != getattr(wish, name)
    ]
    if preference.ended_at or preference.words != seen:
        raise ChangedMeanwhile(preference)
    if not changed:
        confirm_preference(preference, actor=actor, today=today, now=now)
        return []
    for name in COLUMNS:
        setattr(preference, name, getattr(wish, name))
    preference.confirmed_on = today
    preference.save(update_fields=[*COLUMNS, "confirmed_on"])
    _open_rows(preference).update(text=preference.words)
    _record(preference, "amended", actor=actor, now=now, changed=changed)
    return changed


@transaction.atomic
def end_preference(
    preference: Preference, *, actor: User | None, now: datetime
) -> bool:
    """Note that the guest no longer wishes this; return whether that is new.

    It is no longer due anywhere. What was kept before stays as it was.
    """
    preference = _held(preference)
    if preference.ended_at:
        return False
    preference.ended_at = now
    preference.save(update_fields=["ended_at"])
    _open_rows(preference).delete()
    _record(preference, "ended", actor=actor, now=now)
    return True


@transaction.atomic
def resume_preference(
    preference: Preference, *, actor: User | None, now: datetime
) -> bool:
    """Undo the end of a wish; return whether it had ended."""
    preference = _held(preference)
    if not preference.ended_at:
        return False
    preference.ended_at = None
    preference.save(update_fields=["ended_at"])
    _record(preference, "resumed", actor=actor, now=now)
    return True


def _held(preference: Preference) -> Preference:
    hold_guest(preference.guest)
    return Preference.objects.select_related("kind", "guest__business").get(
        pk=preference.pk
    )


def _open_rows(preference: Preference) -> QuerySet[Promise]:
    return Promise.objects.filter(
        preference=preference, outcome=Promise.Outcome.OPEN, visit__state__in=OPEN
    )


def _record(
    preference: Preference,
    action: str,
    *,
    actor: User | None,
    now: datetime,
    changed: list[str] | None = None,
) -> None:
    record_event(
        business=preference.guest.business,
        actor=actor,
        action=action,
        subject=preference,
        fields=changed or [],
        now=now,
    )
