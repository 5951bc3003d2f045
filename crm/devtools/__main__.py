"""``python -m crm.devtools``: everything the Makefile does, without make."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from crm.devtools.places import data_folder
from crm.devtools.processes import CannotStart, spawn
from crm.devtools.servers import common_environment, shared_servers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm.devtools")
    commands = parser.add_subparsers(dest="name", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="start everything, with demo data")
    demo.add_argument("--port", default="8000")
    demo.add_argument("--data", help="the folder for the data, instead of .gjensyn")
    run = commands.add_parser(
        "run", help="run a command with PostgreSQL and Valkey up: run -- COMMAND…"
    )
    run.add_argument("command", nargs=argparse.REMAINDER)
    commands.add_parser("prepare", help="database, texts and static files up to date")
    for name in ("_web", "_mailbox"):
        part = commands.add_parser(name)
        part.add_argument("descriptor", type=int)
        part.add_argument("path", type=Path)
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


def _run(options: argparse.Namespace) -> int:
    command = options.command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise CannotStart("Name a command: python -m crm.devtools run -- COMMAND…")
    return run_command(command)


def _demo(options: argparse.Namespace) -> int:
    from crm.devtools.demonstration import run_demo  # noqa: PLC0415 -- run needs none of it

    if options.data:
        os.environ["GJENSYN_DATA"] = options.data
    if not (options.port.isascii() and options.port.isdigit()):
        raise CannotStart("PORT must be a number from 1024 to 65535.")
    run_demo(int(options.port))
    return 0


def _web(options: argparse.Namespace) -> int:
    from crm.devtools.web import serve  # noqa: PLC0415 -- loads Django

    serve(options.descriptor, options.path)
    return 0


def _mailbox(options: argparse.Namespace) -> int:
    from crm.devtools.mailbox_server import serve_mailbox  # noqa: PLC0415 -- no servers

    serve_mailbox(options.path, socket.socket(fileno=options.descriptor))
    return 0


def _prepare(_options: argparse.Namespace) -> int:
    return run_command(
        [sys.executable, "-c", "from crm.devtools.prepare import prepare; prepare()"]
    )


COMMANDS = {
    "demo": _demo,
    "run": _run,
    "prepare": _prepare,
    "_web": _web,
    "_mailbox": _mailbox,
}


def main() -> int:
    options = _parser().parse_args()
    try:
        return COMMANDS[options.name](options)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
