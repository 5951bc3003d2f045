import os
import socket
import time
from contextlib import closing

import pytest

from crm.core import deadlines
from crm.core.deadlines import ended_by


def soon(seconds):
    return time.monotonic() + seconds


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        yield ours, theirs


def test_who_waits_too_long_is_cut_off(pair):
    ours, _theirs = pair
    begun = time.monotonic()

    with ended_by(soon(0.2)) as wire:
        wire.hold(ours)
        received = ours.recv(1)

    assert received == b""
    assert wire.is_cut
    assert 0.15 < time.monotonic() - begun < 5


def test_bytes_that_drip_gain_no_time(pair):
    ours, theirs = pair
    dripped = 0

    with ended_by(soon(0.3)) as wire:
        wire.hold(ours)
        while not wire.is_cut and dripped < 500:
            theirs.send(b"a")
            ours.recv(1)
            dripped += 1
            time.sleep(0.01)

    assert wire.is_cut


def test_what_ended_in_time_stays_open(pair):
    ours, theirs = pair
    with ended_by(soon(0.05)) as wire:
        wire.hold(ours)
    with ended_by(soon(0.1)) as later:
        time.sleep(0.15)
    theirs.send(b"a")

    assert (wire.is_cut, later.is_cut) == (False, True)
    assert ours.recv(1) == b"a"


def test_the_first_to_be_over_is_cut_first(pair):
    ours, _theirs = pair

    with ended_by(soon(30)) as patient, ended_by(soon(0.1)) as wire:
        wire.hold(ours)
        assert ours.recv(1) == b""

    assert (patient.is_cut, wire.is_cut) == (False, True)


def test_nothing_is_begun_after_the_end(pair):
    with ended_by(soon(-1)) as wire, pytest.raises(TimeoutError):
        wire.hold(pair[0])


def test_a_forked_process_has_a_watch_of_its_own(pair):
    with ended_by(soon(0)):
        pass
    child = os.fork()
    if not child:
        # Whatever happens, it is no second run of the tests.
        try:
            with ended_by(soon(1)) as wire:
                wire.hold(pair[0])
                pair[0].recv(1)
            os._exit(0 if wire.is_cut else 1)
        finally:
            os._exit(2)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_is_over_is_not_kept_until_its_time(pair):
    with ended_by(soon(60)) as first:
        for _ in range(1000):
            with ended_by(soon(60)):
                pass
        waiting = [wire for _at, _number, wire in deadlines._watch._wires]

    assert len(waiting) <= 128
    assert first in waiting
