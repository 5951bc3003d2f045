"""Workers that send, one after the other killed or frozen, until all is settled."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connections
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from crm.devtools.provider_process import Provider
from crm.devtools.storm_houses import furnish
from outreach.models import Attempt, Message
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.sending.recovery import recover
from outreach.sending.resolving import resolve_unknown

Status = Message.Status

# One death for so many messages, as in a very bad year within a minute.
_MESSAGES_A_DEATH = 9
_SHARE_FROZEN, _SHARE_STOPPED = 0.15, 0.15
# Some longer than a claim is held, few longer than a message is sent.
_SECONDS_FROZEN = (1.0, 8.0)
# Who is told to stop finishes what it has begun, but not for ever.
_SECONDS_TO_STOP = 5.0
_PATIENCE, _PATIENCE_EACH = 300.0, 1.0
_OPEN = (Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Plan:
    messages: int
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. ``doubtful`` are those that nobody could tell about: shown to
    the house as such, and never sent again by themselves.
    """

    messages: int
    seconds: float
    kills: int
    stops: int
    freezes: int
    faults: dict[str, int]
    duplicates: int
    lost: int
    untrue: int
    unsettled: int
    resolved: int
    doubtful: int

    @property
    def is_fine(self) -> bool:
        return not (self.duplicates or self.lost or self.untrue or self.unsettled)

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in self.faults.items())
        return (
            f"messages {self.messages}, in {self.seconds:.0f} s\n"
            f"kills {self.kills}, stops {self.stops}, freezes {self.freezes}\n"
            f"what the provider did: {faults}\n"
            f"unknown resolved {self.resolved}, may have been sent {self.doubtful}\n"
            f"duplicates {self.duplicates}, lost {self.lost}, "
            f"said to be sent and not {self.untrue}, unsettled {self.unsettled}"
        )


def storm(plan: Plan, provider: Provider) -> Report:
    """Send ``plan.messages`` through ``provider`` while workers die."""
    began = time.monotonic()
    until = began + _PATIENCE + _PATIENCE_EACH * plan.messages
    furnish(plan.messages)
    crowd = _Crowd(plan)
    try:
        while _is_open() and time.monotonic() < until:
            _let_time_pass()
            crowd.keep_full()
            crowd.suffer(len(provider.ledger.posts()))
            time.sleep(0.05)
    finally:
        crowd.end()
    return _judged(plan, crowd, provider, seconds=time.monotonic() - began)


@dataclass(slots=True)
class _Crowd:
    """Worker processes, killed, stopped and frozen by chance, and replaced."""

    plan: Plan
    kills: int = 0
    stops: int = 0
    freezes: int = 0
    _frozen: dict[int, float] = field(default_factory=dict)
    _stopping: dict[int, float] = field(default_factory=dict)
    _pids: set[int] = field(default_factory=set)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)  # noqa: S311 -- not for secrets

    def keep_full(self) -> None:
        self._thaw()
        self._bury()
        while len(self._pids) < self.plan.workers:
            # No child may share the connection of its parent.
            connections.close_all()
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                _work(parent)
            self._pids.add(pid)

    def suffer(self, messages: int) -> None:
        """Hurt as many as belong to so many messages."""
        while self._hurt < messages // _MESSAGES_A_DEATH and self._awake():
            pid = self._chance.choice(self._awake())
            drawn = self._chance.random()
            if drawn < _SHARE_FROZEN:
                self._freeze(pid)
            elif drawn < _SHARE_FROZEN + _SHARE_STOPPED:
                os.kill(pid, signal.SIGTERM)
                self._stopping[pid] = time.monotonic() + _SECONDS_TO_STOP
                self.stops += 1
            else:
                self._kill(pid)
                self.kills += 1

    @property
    def _hurt(self) -> int:
        return self.kills + self.stops + self.freezes

    def end(self) -> None:
        for pid in list(self._pids):
            self._kill(pid)

    def _awake(self) -> list[int]:
        return sorted(self._pids - self._frozen.keys() - self._stopping.keys())

    def _freeze(self, pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        seconds = self._chance.uniform(*_SECONDS_FROZEN)
        self._frozen[pid] = time.monotonic() + seconds
        self.freezes += 1

    def _bury(self) -> None:
        for pid, until in list(self._stopping.items()):
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                self._pids.discard(pid)
                del self._stopping[pid]
            elif time.monotonic() > until:
                self._kill(pid)

    def _thaw(self) -> None:
        for pid, until in list(self._frozen.items()):
            if time.monotonic() > until:
                del self._frozen[pid]
                os.kill(pid, signal.SIGCONT)

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self._pids.discard(pid)
        self._frozen.pop(pid, None)
        self._stopping.pop(pid, None)


def _work(parent: int) -> None:
    """Do what all the ticks do, again and again, until killed."""
    try:
        signal.signal(signal.SIGTERM, _stop)
        while os.getppid() == parent:
            recover()
            resolve_unknown(now=timezone.now(), seconds=2)
            for lane in Lane:
                send_due(lane=lane, owner=f"storm:{os.getpid()}", seconds=2)
            time.sleep(0.05)
    finally:
        os._exit(1)


def _stop(*_args: object) -> None:
    """End at whatever instruction it is, as a worker does that is shut down at once."""
    raise SystemExit


def _is_open() -> bool:
    return Message.objects.filter(status__in=_OPEN).exists()


def _let_time_pass() -> None:
    """Make hours of waiting short: who was asked to wait has waited, and who was looked
    for in vain all day was looked for all day.
    """
    now = timezone.now()
    Message.objects.filter(status=Status.QUEUED, send_at__gt=now).update(send_at=now)
    in_vain = Q(looked_for_at__gt=F("unknown_since") + timedelta(seconds=3))
    Message.objects.filter(
        in_vain, status=Status.UNKNOWN, account__provider="elks46"
    ).update(unknown_since=now - timedelta(days=1))


def _judged(plan: Plan, crowd: _Crowd, provider: Provider, *, seconds: float) -> Report:
    taken = Counter(row["to"] for row in provider.ledger.taken())
    states = dict(Message.objects.values_list("to_address", "status"))
    absent = Attempt.objects.filter(message=OuterRef("pk"), detail="absent")
    asked_about = Q(looked_for_at__isnull=False) | Q(Exists(absent))
    missing = [to for to in states if not taken[to]]
    return Report(
        messages=plan.messages,
        seconds=seconds,
        kills=crowd.kills,
        stops=crowd.stops,
        freezes=crowd.freezes,
        faults=provider.ledger.faults(),
        duplicates=sum(count - 1 for count in taken.values()),
        lost=sum(
            states[to] not in {Status.ACCEPTED, Status.UNCONFIRMED} for to in missing
        ),
        untrue=sum(states[to] == Status.ACCEPTED for to in missing),
        unsettled=Message.objects.filter(status__in=_OPEN).count(),
        resolved=Message.objects.filter(asked_about, status=Status.ACCEPTED).count(),
        doubtful=Message.objects.filter(status=Status.UNCONFIRMED).count(),
    )
