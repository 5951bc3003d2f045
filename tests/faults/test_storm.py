"""Workers killed and frozen at random, a provider in trouble: `make chaos`, but short."""

import os
import subprocess
import sys

import pytest

from crm.devtools.places import BASE_DIR

pytestmark = pytest.mark.faults


def test_in_a_storm_nothing_is_lost_and_nothing_goes_twice():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "crm.devtools", "chaos"),
            *("--messages", "150", "--workers", "4", "--seed", "7"),
        ],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": os.environ["GJENSYN_TEST_SERVER"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == (
        "duplicates 0, lost 0, said to be sent and not 0, unsettled 0"
    )
