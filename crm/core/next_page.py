"""Where to go after a tap: back to the page it came from, and to no other site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_page_of(request: HttpRequest, default: str) -> str:
    """Return the path in ``next`` of the form or the address, else ``default``.

    Only paths of this site are taken: they begin with a slash and name no host.
    """
    asked = request.POST.get("next") or request.GET.get("next") or ""
    # A word without a slash would be read as the name of a view.
    if asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None
    ):
        return asked
    return default
