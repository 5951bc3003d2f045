"""Run one command with both servers up."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from crm.devtools.places import data_folder
from crm.devtools.processes import CannotStart, spawn
from crm.devtools.servers import common_environment, shared_servers


def run_command(options: argparse.Namespace) -> int:
    command = options.command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise CannotStart("Name a command: python -m crm.devtools run -- COMMAND…")
    return run_with_servers(command)


def run_with_servers(command: Sequence[str]) -> int:
    """Run ``command`` in the foreground. Return its exit code."""
    data = data_folder()
    with shared_servers(data) as servers:
        environment = {**os.environ, **common_environment(data), **servers}
        python_folder = str(Path(sys.executable).parent)
        path = os.environ.get("PATH", os.defpath)
        environment["PATH"] = os.pathsep.join([python_folder, path])
        return _in_foreground(command, environment)


def _in_foreground(command: Sequence[str], environment: dict[str, str]) -> int:
    try:
        child = spawn(
            command, name=command[0], env=environment, stdin=None, own_session=False
        )
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        return 127

    # A terminal sends Ctrl-C to both; the command decides what it means.
    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT and child.is_running:
            child.process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    code = child.process.wait()
    return 128 - code if code < 0 else code
