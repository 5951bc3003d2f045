"""The checks every change must pass, and the formatters that help to."""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from crm.devtools.places import BASE_DIR

PROGRAMS = Path(sys.executable).parent
# What a real installation sets, so that `check --deploy` judges a real installation.
PRODUCTION = {
    "SECRET_KEY": "kY3-v8Qm2_x7Zr5Tn9Lw4Hb6Jd1Fs0Gc-Pa8Ue3Ri7Oy5Xq2Mt6Wz9Vk",
    "DATABASE_URL": "postgres://gjensyn@127.0.0.1:1/gjensyn",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SITE_URL": "https://gjensyn.example",
    "ALLOWED_HOSTS": "gjensyn.example",
    "EMAIL_URL": "smtp+tls://post:password@mail.gjensyn.example:587",
    "DEFAULT_FROM_EMAIL": "hello@gjensyn.example",
    "LINK_KEYS": "Rb7Nq2Xw9Tz4Km6Yd1Hs8Vc3Lf5Gj0Pa",
    "ADDRESS_HASH_KEY": "Ju5Ew8Ib2Oc6Sx1Ft9Dr4Mn7Zk3Qv0Hy",
    "FIELD_ENCRYPTION_KEYS": "Nf4Wb9Sy2Gk7Pz1Vd6Rm3Qx8Tc5Hj0Lu",
    "GJENSYN_DEMO": "no",
    "DJANGO_SETTINGS_MODULE": "crm.settings",
}


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def _python(*words: str) -> list[str]:
    return [sys.executable, *words]


def _templates() -> list[str]:
    return [str(path) for path in sorted((BASE_DIR / "templates").rglob("*.html"))]


def _djade(*words: str) -> list[str]:
    version = ["--target-version", "5.2"]
    return [str(PROGRAMS / "djade"), *version, *words, *_templates()]


def _lint_imports() -> list[str]:
    # The program's first line would break in a folder with a space in its name.
    call = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return _python("-c", call, "--no-logo")


def _gates() -> list[Gate]:
    manage = str(BASE_DIR / "manage.py")
    # No database here: makemigrations only warns that it could not compare history.
    quiet = {**PRODUCTION, "PYTHONWARNINGS": "ignore::RuntimeWarning"}
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    return [
        Gate("style", _python("-m", "ruff", "check", "-q", ".")),
        Gate("format", _python("-m", "ruff", "format", "-q", "--diff", ".")),
        Gate("templates", _djade("--check")),
        Gate("types", _python("-m", "mypy", "--no-error-summary")),
        Gate("import directions", _lint_imports()),
        Gate(
            "migrations",
            _python(manage, "makemigrations", "--check", "--dry-run"),
            quiet,
        ),
        Gate("settings of an installation", _python(manage, *deploy), PRODUCTION),
        Gate("translations", _python("-m", "crm.devtools", "messages", "--check")),
    ]


def check_command(_options: argparse.Namespace) -> int:
    """Run every gate, say what each found, and return 1 if one is closed."""
    closed = [gate.name for gate in _gates() if not _passes(gate)]
    if closed:
        print(f"\nNot yet: {', '.join(closed)}.")
    return 1 if closed else 0


def _passes(gate: Gate) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        gate.command,
        cwd=BASE_DIR,
        env={**os.environ, **gate.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    word = "no" if done.returncode else "ok"
    print(f"{word}  {gate.name} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0


def fmt_command(_options: argparse.Namespace) -> int:
    """Format the code and the templates."""
    commands = [
        _python("-m", "ruff", "check", "--fix", "-q", "."),
        _python("-m", "ruff", "format", "-q", "."),
        _djade(),
    ]
    for command in commands:
        subprocess.run(command, cwd=BASE_DIR, check=False)
    return 0
