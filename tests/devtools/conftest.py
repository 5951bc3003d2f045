import os
import shutil
import subprocess
import sys

import psutil
import pytest

from crm.devtools import places
from crm.devtools.processes import wait_until

OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")


def clean_environment(data):
    """Return the environment of a shell in which nothing runs yet."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OWN and not name.startswith(("GJENSYN_", "PYTEST_"))
    }
    return {**kept, "GJENSYN_DATA": str(data)}


def devtools(data, *words, **options):
    """Start ``python -m crm.devtools`` as a person at a terminal would."""
    return subprocess.Popen(
        [sys.executable, "-m", "crm.devtools", *words],
        cwd=places.BASE_DIR,
        env=clean_environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def servers_of(data):
    """Return the running processes that work in this data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(data) in process.cwd():
                found.append(process)
        except psutil.Error:
            continue
    return found


def all_gone(data, seconds=10):
    return wait_until(lambda: not servers_of(data), seconds=seconds)


@pytest.fixture(scope="session")
def used_data():
    """Return a data folder with a history: its database was made by an earlier run."""
    folder = places.temporary_folder("gjensyn-devtools-")
    data = folder / "Kafé Måne, data å"
    data.mkdir(mode=0o711)
    first = devtools(data, "run", "--", "true")
    assert first.wait(60) == 0, first.stderr.read()
    first.communicate()
    yield data
    assert all_gone(data)
    shutil.rmtree(folder)


@pytest.fixture
def new_data():
    folder = places.temporary_folder("gjensyn-devtools-")
    yield folder
    assert all_gone(folder)
    shutil.rmtree(folder)
