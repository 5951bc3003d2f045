"""Page times against a view that does nothing, through every middleware."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.test import Client

from crm.accounts.models import User
from crm.devtools.measuring import Figure, bench, side_by_side

PERSON = "owner@solvik.example"
TRIVIAL = "/healthz/"
PAGES = {
    "Today": "today/",
    "guest list": "guests/",
    "guest search, 3 letters": "guests/?q=han",
    "returning guests": "return/",
}


class PageFailed(Exception):
    """The page did not answer as it should, so its time would mean nothing."""


def get(client: Client, path: str, *words: Any, **more: Any) -> None:
    response = client.get(path, *words, **more)
    if response.status_code != 200:
        raise PageFailed(f"{path} answered {response.status_code}.")


@contextmanager
def signed_in() -> Iterator[Client]:
    """Yield a browser in which the owner is signed in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=PERSON))
    try:
        yield client
    finally:
        client.logout()


@bench("pages")
def measure_pages(slug: str) -> Iterator[Figure]:
    with signed_in() as client:
        for name, page in PAGES.items():
            times, limit = side_by_side(
                partial(get, client, f"/{slug}/{page}"), partial(get, client, TRIVIAL)
            )
            yield Figure(name, times, "a view that does nothing", limit)
