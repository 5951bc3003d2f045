"""``python -m crm.devtools``: everything the Makefile does, without make."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from crm.devtools.processes import CannotStart

# Each command loads only what it needs: function(options) -> exit code.
COMMANDS = {
    "demo": "crm.devtools.demonstration:demo_command",
    "run": "crm.devtools.running:run_command",
    "prepare": "crm.devtools.prepare:prepare_command",
    "check": "crm.devtools.gates:check_command",
    "fmt": "crm.devtools.gates:fmt_command",
    "messages": "crm.devtools.translations:messages_command",
    "chaos": "crm.devtools.chaos:chaos_command",
    "bench": "crm.devtools.bench:bench_command",
    "forget": "crm.devtools.servers:forget_command",
    "_web": "crm.devtools.web:web_command",
    "_mailbox": "crm.devtools.mailbox_server:mailbox_command",
}


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
    commands.add_parser("check", help="run every check that a change must pass")
    commands.add_parser("fmt", help="format the code and the templates")
    messages = commands.add_parser(
        "messages", help="collect the sentences to translate"
    )
    messages.add_argument(
        "--check", action="store_true", help="only say what is missing"
    )
    bench = commands.add_parser("bench", help="measure against limits of the same run")
    bench.add_argument("names", nargs="*", help="only these")
    bench.add_argument(
        "--guests",
        type=int,
        help="in a house of this size, made once and kept: 100000, 1000000",
    )
    chaos = commands.add_parser("chaos", help="send while workers are killed")
    chaos.add_argument("--messages", type=int, default=3000)
    chaos.add_argument("--workers", type=int, default=8)
    chaos.add_argument("--seed", type=int, default=1)
    commands.add_parser("forget", help="remove the data of the built-in servers")
    for name in ("_web", "_mailbox"):
        part = commands.add_parser(name)
        part.add_argument("descriptor", type=int)
        part.add_argument("path", type=Path)
    return parser


def main() -> int:
    options = _parser().parse_args()
    if getattr(options, "data", None):
        os.environ["GJENSYN_DATA"] = options.data
    module, _, function = COMMANDS[options.name].partition(":")
    try:
        command = getattr(importlib.import_module(module), function)
        return int(command(options) or 0)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
