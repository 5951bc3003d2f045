"""Keep where each guest stands: with every visit, at reviews, and all anew.

The rules are in ``loyalty/tiers.py``; this module feeds them and writes what they say.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Min

from crm.core.clock import resolve_local
from crm.tenancy.models import Business
from customers.models import Guest, known
from loyalty.ladders import ProgramRules, program_rules
from loyalty.models import Membership, TierChange
from loyalty.tiers import (
    Move,
    Standing,
    moves_in,
    raised,
    replay,
    reviewed,
    visits_in_window,
)

Reason = TierChange.Reason
BATCH = 2000


@transaction.atomic
def keep_membership(
    guest: Guest, *, today: date, now: datetime, is_correction: bool = False
) -> Membership | None:
    """Bring the guest's standing up to date with their completed visits.

    Enrols at the first one. A tier that only a visit since corrected had earned is
    taken back with ``is_correction``; a membership without visits then ends. Nothing
    happens without a program in use. Hold the guest's lock.
    """
    rules = program_rules(guest.business)
    if rules is None:
        return None
    days = list(
        guest.visits.completed()
        .order_by("departure_date")
        .values_list("departure_date", flat=True)
    )
    membership = Membership.objects.select_for_update().filter(guest=guest).first()
    if not days:
        if membership:
            membership.delete()
        return None
    if membership is None:
        membership = Membership(
            business=guest.business, guest=guest, program=rules.program, joined_at=now
        )
    standings = _standings(_standing_of(membership, rules), days, rules, today)
    _write(membership, standings[-1], days, rules, today)
    _note_moves(membership, standings, rules, now=now)
    if is_correction:
        _take_back(membership, standings[-1], days, rules, today=today, now=now)
    return membership


@transaction.atomic
def keep_memberships(
    business: Business,
    guest_ids: Iterable[int],
    *,
    today: date,
    now: datetime,
    is_correction: bool = False,
) -> None:
    """Bring many standings up to date at once, after an import of old visits.

    Who becomes a member so is one since the first visit, and stands where the visits
    put them; of the moves on the way the last alone is written down. Hold the guests'
    locks.
    """
    rules = program_rules(business)
    if rules is None:
        return
    ids = set(guest_ids)
    members = business.guests.filter(pk__in=ids, membership__isnull=False)
    for guest in members.select_related("business").order_by("pk"):
        keep_membership(guest, today=today, now=now, is_correction=is_correction)
        ids.discard(guest.pk)
    for batch in _visit_days(business, batch=BATCH, guest_ids=sorted(ids)):
        _rebuild(batch, rules, today=today, now=now, with_history=False)


def _standings(
    before: Standing, days: list[date], rules: ProgramRules, today: date
) -> list[Standing]:
    standings = [before, *reviewed(before, days, rules.ladder, today)]
    visits = visits_in_window(days, rules.ladder, today)
    return [*standings, raised(standings[-1], visits, rules.ladder, today)]


def _take_back(
    membership: Membership,
    standing: Standing,
    days: list[date],
    rules: ProgramRules,
    *,
    today: date,
    now: datetime,
) -> None:
    rightful = replay(days, rules.ladder, today)[-1]
    if rightful.rank < standing.rank:
        _write(membership, rightful, days, rules, today)
        move = Move(today, standing.rank, rightful.rank)
        _change(membership, move, rules, reason=Reason.CORRECTION, at=now).save()


def _standing_of(membership: Membership, rules: ProgramRules) -> Standing:
    rank = rules.rank_of(membership.tier_id)
    if not rank:
        return Standing()
    return Standing(rank, membership.tier_since, membership.keeps_until)


def _write(
    membership: Membership,
    standing: Standing,
    days: list[date],
    rules: ProgramRules,
    today: date,
) -> None:
    _fill(membership, standing, days, rules, today)
    fields = ("tier", "tier_since", "keeps_until", "visits_in_window")
    membership.save(update_fields=fields if membership.pk else None)


def _fill(
    membership: Membership,
    standing: Standing,
    days: list[date],
    rules: ProgramRules,
    today: date,
) -> None:
    membership.tier = rules.tier_at(standing.rank)
    membership.tier_since = standing.since
    membership.keeps_until = standing.keeps_until
    membership.visits_in_window = visits_in_window(days, rules.ladder, today)


def _note_moves(
    membership: Membership,
    standings: list[Standing],
    rules: ProgramRules,
    *,
    now: datetime,
) -> None:
    TierChange.objects.bulk_create(
        _change(membership, move, rules, reason=_reason_of(move), at=now)
        for move in moves_in(standings)
    )


def _reason_of(move: Move) -> str:
    return Reason.VISIT if move.is_up else Reason.REVIEW


def _change(
    membership: Membership,
    move: Move,
    rules: ProgramRules,
    *,
    reason: str,
    at: datetime,
) -> TierChange:
    return TierChange(
        business_id=membership.business_id,
        membership=membership,
        from_tier=rules.tier_at(move.from_rank),
        to_tier=rules.tier_at(move.to_rank),
        reason=reason,
        at=at,
    )


@transaction.atomic
def rebuild_memberships(business: Business, *, today: date, now: datetime) -> int:
    """Derive all memberships and moves from the visits alone, and return how many.

    As if each visit had been noted on the day of departure, and each review held on
    time. Earlier moves are forgotten: this is for loading and mending, not for the desk.
    """
    with connection.cursor() as cursor:
        for table in (TierChange, Membership):
            cursor.execute(
                f"DELETE FROM {table._meta.db_table} WHERE business_id = %s",  # noqa: S608 -- our own table names
                [business.pk],
            )
    rules = program_rules(business)
    if rules is None:
        return 0
    return sum(
        _rebuild(batch, rules, today=today, now=now)
        for batch in _visit_days(business, batch=BATCH)
    )


def _visit_days(
    business: Business, *, batch: int, guest_ids: list[int] | None = None
) -> Iterator[list[tuple[int, list[date], datetime]]]:
    """Give ``(guest id, departures ascending, first completion)``, some at a time."""
    rows = (
        business.visits.completed()
        .filter(known("guest"))
        .values("guest")
        .annotate(
            days=ArrayAgg("departure_date", order_by="departure_date"),
            first=Min("completed_at"),
        )
        .order_by("guest")
        .values_list("guest", "days", "first")
    )
    if guest_ids is not None:
        rows = rows.filter(guest__in=guest_ids)
    part = []
    for row in rows.iterator(chunk_size=batch):
        part.append(row)
        if len(part) == batch:
            yield part
            part = []
    yield part


def _rebuild(
    rows: list[tuple[int, list[date], datetime]],
    rules: ProgramRules,
    *,
    today: date,
    now: datetime,
    with_history: bool = True,
) -> int:
    memberships, changes = [], []
    for guest_id, days, first in rows:
        standings = replay(days, rules.ladder, today)
        membership = Membership(
            business_id=rules.program.business_id,
            guest_id=guest_id,
            program=rules.program,
            joined_at=first,
        )
        _fill(membership, standings[-1], days, rules, today)
        memberships.append(membership)
        moves = list(moves_in(standings))
        changes += [
            _change(
                membership,
                move,
                rules,
                reason=_reason_of(move),
                at=_noon(move.day, rules, now=now),
            )
            for move in (moves if with_history else moves[-1:])
        ]
    Membership.objects.bulk_create(memberships)
    TierChange.objects.bulk_create(changes)
    return len(memberships)


def _noon(day: date, rules: ProgramRules, *, now: datetime) -> datetime:
    # After the departures of the day, but never ahead of the clock.
    zone = rules.program.business.time_zone
    return min(resolve_local(day, time(12), zone), now)
