"""Processes that send, recover or ask, and that die or freeze where a test says so.

They are forked from the test, so that they know its settings, and are gone after it.
"""

import os
import signal
import warnings
from contextlib import contextmanager

from django.db import connections

from crm.devtools.processes import wait_until
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.signals import sending_step


def send_everything():
    for lane in Lane:
        send_due(lane=lane, owner=f"test:{os.getpid()}")


def run_in_child(act):
    """Start ``act`` in a process of its own; return its id at once."""
    # No child may share a connection of its parent.
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    try:
        act()
        os._exit(0)
    finally:
        os._exit(1)


def run_until(step, act=send_everything, *, number=signal.SIGKILL):
    """Run ``act`` in a child that gets the signal ``number`` at ``step``, the first
    time. Return its id once that has happened, or ``act`` was done without it.
    """

    def obey(step, **_kwargs):
        if step == wanted:
            sending_step.disconnect(obey)
            os.kill(os.getpid(), number)

    wanted = step

    def act_obediently():
        sending_step.connect(obey)
        act()

    pid = run_in_child(act_obediently)
    _pid, status = os.waitpid(pid, os.WUNTRACED)
    hit = os.WIFSIGNALED(status) or os.WIFSTOPPED(status)
    assert hit, f"{step} was never reached"
    return pid


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def wake(pid):
    """Let a frozen child go on; return its exit code."""
    os.kill(pid, signal.SIGCONT)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextmanager
def running(*acts):
    """Run each act in a child of its own beside what is done within; wait for all."""
    pids = [run_in_child(act) for act in acts]
    try:
        yield pids
    finally:
        for pid in pids:
            wait_until(lambda pid=pid: _is_over(pid), seconds=60)


def _is_over(pid):
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
