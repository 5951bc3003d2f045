"""Send side by side: while one waits for its provider, others go on.

Each thread has its own connection to the database and its own routes, and closes both
at the end.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from django.db import connection

from outreach.models import Attempt
from outreach.outcomes import Outcome
from outreach.sending import claiming
from outreach.sending.handing_over import Clock, Due, hand_over
from outreach.sending.kept_routes import close_routes

logger = logging.getLogger(__name__)

Kind = Attempt.Outcome

# So many without a clear answer, one after the other, and the account rests a while:
# else a provider in trouble would make every message of a campaign a doubtful one.
_DOUBTS = 3


class Crew:
    """Threads that send what they are given. With one, whoever gives it sends it.

    ``resting`` are the ids of accounts that cannot be reached just now. ``until`` is
    when, by the monotonic clock, what was not begun is given back.
    """

    def __init__(self, *, threads: int, until: float, clock: Clock) -> None:
        self.accepted = 0
        self.resting: set[int] = set()
        self._size = threads
        self._until = until
        self._clock = clock
        self._doubts: Counter[int] = Counter()
        self._waiting: SimpleQueue[Due | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let each finish what it has begun."""
        if kind is not None:
            self._until = 0.0
        for _thread in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        close_routes()

    def send(self, batch: Iterable[Due]) -> None:
        """Send these, soon; return when more can be given."""
        batch = list(batch)
        if self._size == 1 or (len(batch) == 1 and not self._threads):
            for due in batch:
                self._work_on(due)
            return
        self._start_threads(len(batch))
        with self._changed:
            self._open += len(batch)
        for due in batch:
            self._waiting.put(due)
        # No thread idles while the next batch is read.
        self.wait(at_most=len(self._threads))

    def wait(self, *, at_most: int = 0) -> None:
        """Wait until no more than ``at_most`` are left."""
        with self._changed:
            self._changed.wait_for(lambda: self._open <= at_most)

    def _start_threads(self, wanted: int) -> None:
        for number in range(len(self._threads), min(self._size, wanted)):
            thread = threading.Thread(target=self._run, name=f"sender-{number}")
            thread.start()
            self._threads.append(thread)

    def _run(self) -> None:
        try:
            while (due := self._waiting.get()) is not None:
                try:
                    self._work_on(due)
                finally:
                    with self._changed:
                        self._open -= 1
                        self._changed.notify_all()
        finally:
            close_routes()
            connection.close()

    def _work_on(self, due: Due) -> None:
        """Send one; a mistake of ours must not keep the others. Its lease runs out."""
        try:
            outcome = self._send_or_give_back(due)
            self._note(due, outcome)
        except Exception:
            logger.exception("%s could not be worked on", due.message)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def _send_or_give_back(self, due: Due) -> Outcome | None:
        if due.account.pk in self.resting or time.monotonic() > self._until:
            claiming.release([due.message.pk], due.token)
            return None
        return hand_over(due, clock=self._clock)

    def _note(self, due: Due, outcome: Outcome | None) -> None:
        account_id = due.account.pk
        if outcome is None:
            claiming.give_back(account_id, 1, day=due.day)
            return
        with self._changed:
            self.accepted += outcome.kind == Kind.ACCEPTED
            is_doubtful = outcome.kind == Kind.UNKNOWN
            self._doubts[account_id] = (
                self._doubts[account_id] + 1 if is_doubtful else 0
            )
            is_out = outcome.kind == Kind.NOT_SENT or outcome.pause
            if is_out or self._doubts[account_id] >= _DOUBTS:
                self.resting.add(account_id)
