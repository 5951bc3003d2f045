"""The whole product, started as its users start it, and a real Chromium in front of it.

One supervisor runs web, workers, beat and mailbox for the session, on a free port with
its own data folder. GJENSYN_E2E_URL points the same walks at one that runs already.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from crm.devtools.places import temporary_folder

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome", "chrome")
     if (found := shutil.which(name))),
    None,
)  # fmt: skip
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # Chromium refuses its sandbox to root.
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
PASSWORD = "gjensyn-demo"
ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
    # Pages are weighed as the demo begins, before other walks fill the day.
    items.sort(key=lambda item: "a_first_load_is_light" not in item.name)


@pytest.fixture(scope="session", autouse=True)
def _needs_a_browser():
    if CHROMIUM is None:
        pytest.skip("No Chromium found on this machine: install the package chromium.")


def _free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def product():
    """Return the address of a running product with demo data."""
    if address := os.environ.get("GJENSYN_E2E_URL"):
        yield address.rstrip("/")
        return
    port = _free_port()
    folder = temporary_folder("gjensyn e2e å ")
    own = (
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "EMAIL_URL",
        "DJANGO_SETTINGS_MODULE",
    )
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in own and not key.startswith("GJENSYN_")
    }
    log = (folder / "supervisor.log").open("w")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "crm.devtools", "demo",
         "--port", str(port), "--data", str(folder / "data")],
        cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + 120
        while not _answers(f"{address}/readyz/"):
            if supervisor.poll() is not None or time.monotonic() > deadline:
                pytest.fail((folder / "supervisor.log").read_text()[-3000:])
            time.sleep(0.2)
        yield address
    finally:
        supervisor.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(30)
        supervisor.kill()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium(_needs_a_browser):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium, product):
    """Return a maker of browser contexts: size, colour scheme, scripts on or off."""
    contexts = []

    def make(*, width=1280, height=900, scheme="light", scripts=True, language="en"):
        context = chromium.new_context(
            base_url=product,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


_signed_in: dict[str, list] = {}


@pytest.fixture
def sign_in(product):
    """Return a function that signs a demo person in, typing once a session each."""

    def do(context, person="owner@solvik.example"):
        if person in _signed_in:
            context.add_cookies(_signed_in[person])
            return
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", person)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(re.compile(r"^(?!.*/accounts/login/).*$"))
        _signed_in[person] = context.cookies()
        page.close()

    return do


def wait_until(answer, *, seconds=60, what="it to happen"):
    """Ask ``answer`` again and again until it is truthy, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        if found := answer():
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds} s for {what}.")
        time.sleep(0.5)
