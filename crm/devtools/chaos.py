"""``make chaos``: send through providers in trouble while workers are killed.

Nothing may be lost and nothing may go twice, whatever happens to whom. What the provider
took, by its own log, is the truth; our tables are what is judged.
"""

import argparse
import importlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from crm.devtools import throwaway
from crm.devtools.processes import CannotStart
from crm.devtools.provider_process import running_provider
from crm.devtools.provider_stand_in import Fault

# Everything quicker than in life, in the same proportions.
_QUICKLY = {
    "GJENSYN_DEMO": "1",
    "CLAIM_LEASE_SECONDS": "3",
    "SEND_LEASE_SECONDS": "6",
    "LOOKUP_GRACE_SECONDS": "1",
    "SMS_TIMEOUT": "1",
    "EMAIL_TIMEOUT": "1",
    "SEND_BATCH_SIZE": "20",
    "SEND_THREADS": "2",
    "SEND_ATTEMPTS": "50",
}
_SHARES: dict[str, float] = {
    Fault.REFUSED_429: 0.04,
    Fault.LOST_500: 0.03,
    Fault.LOST_RESET: 0.02,
    Fault.LOST_DRIP: 0.01,
    Fault.TAKEN_502: 0.03,
    Fault.TAKEN_SILENCE: 0.02,
    Fault.TAKEN_RESET: 0.02,
    Fault.TAKEN_NONSENSE: 0.02,
}


def chaos_command(options: argparse.Namespace) -> int:
    if options.messages < 1 or options.workers < 1:
        raise CannotStart("Chaos needs at least one message and one worker.")
    os.environ |= _QUICKLY | {
        "SECRET_KEY": f"only-for-chaos-{secrets.token_hex(32)}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        provider = stack.enter_context(
            running_provider(folder, seed=options.seed, shares=_SHARES)
        )
        os.environ["SMS_STAND_IN_URL"] = provider.url
        os.environ["DATABASE_URL"] = stack.enter_context(_new_database())
        os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
        django.setup()
        # Imported late: it needs Django to be set up.
        storms = importlib.import_module("crm.devtools.storm")
        plan = storms.Plan(options.messages, options.workers, options.seed)
        report = storms.storm(plan, provider)
    print(report)
    return 0 if report.is_fine else 1


@contextmanager
def _new_database() -> Iterator[str]:
    """Yield the URL of a new database, on the server of DATABASE_URL or one of our own."""
    run = secrets.token_hex(4)
    server = os.environ.get("DATABASE_URL")
    with ExitStack() as stack:
        if server:
            stack.enter_context(throwaway.claimed_run(server, run))
            throwaway.ensure_template(server, throwaway.template_name())
        else:
            throwaway.remove_dead_runs()
            folder = throwaway.new_run_folder()
            stack.callback(folder.remove)
            cluster = throwaway.start_cluster(folder.path)
            stack.callback(cluster.stop)
            server = cluster.url("postgres")
        name = f"{throwaway.DATABASES}{run}_chaos"
        yield stack.enter_context(throwaway.database_of_our_own(server, name))
