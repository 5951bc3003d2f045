"""Page times against a view that does nothing, through every middleware."""

from collections.abc import Iterator

from django.test import Client

from crm.accounts.models import User
from crm.devtools.measuring import Act, Figure, bench, side_by_side

SLUG = "solvik"
PERSON = "owner@solvik.example"
TRIVIAL = "/healthz/"
PAGES = {
    "Today": f"/{SLUG}/today/",
    "guest list": f"/{SLUG}/guests/",
    "guest search, 3 letters": f"/{SLUG}/guests/?q=han",
    "returning guests": f"/{SLUG}/return/",
}


class PageFailed(Exception):
    """The page did not answer as it should, so its time would mean nothing."""


def _get(client: Client, path: str) -> Act:
    def act() -> object:
        response = client.get(path)
        if response.status_code != 200:
            raise PageFailed(f"{path} answered {response.status_code}.")
        return response

    return act


@bench("pages")
def measure_pages() -> Iterator[Figure]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=PERSON))
    try:
        for name, path in PAGES.items():
            times, limit = side_by_side(_get(client, path), _get(client, TRIVIAL))
            yield Figure(name, times, "a view that does nothing", limit)
    finally:
        client.logout()
