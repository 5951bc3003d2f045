"""``python -m crm.devtools``: everything the Makefile does, without make."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from crm.devtools.places import data_folder
from crm.devtools.processes import CannotStart, spawn
from crm.devtools.servers import common_environment, shared_servers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm.devtools")
    commands = parser.add_subparsers(dest="name", required=True)
    run = commands.add_parser(
        "run", help="run a command with PostgreSQL and Valkey up: run -- COMMAND…"
    )
    run.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def run_command(command: Sequence[str]) -> int:
    """Run ``command`` with both servers up. Return its exit code."""
    data = data_folder()
    with shared_servers(data) as servers:
        environment = {**os.environ, **common_environment(data), **servers}
        python_folder = str(Path(sys.executable).parent)
        environment["PATH"] = os.pathsep.join([python_folder, os.environ["PATH"]])
        return _in_foreground(command, environment)


def _in_foreground(command: Sequence[str], environment: dict[str, str]) -> int:
    try:
        child = spawn(
            command,
            name=command[0],
            env=environment,
            stdin=None,
            own_session=False,
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


def main() -> int:
    options = _parser().parse_args()
    try:
        command = options.command
        if command[:1] == ["--"]:
            command = command[1:]
        if not command:
            print("Name a command: python -m crm.devtools run -- COMMAND…")
            return 2
        return run_command(command)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    except subprocess.SubprocessError as error:
        print(f"A program could not be started: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
