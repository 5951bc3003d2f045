"""A call that was kept, as a request again."""

import io
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from outreach.sms.callbacks import Webhook


def as_request(webhook: Webhook) -> HttpRequest:
    """Return the call as a request again, as Anymail wants one."""
    url = urlsplit(webhook.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": url.path or "/",
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or 443),
        "wsgi.url_scheme": url.scheme or "https",
        "wsgi.input": io.BytesIO(webhook.body),
        "CONTENT_LENGTH": str(len(webhook.body)),
        "CONTENT_TYPE": webhook.headers.get("content-type", ""),
    }
    for name, value in webhook.headers.items():
        if name not in {"content-type", "content-length"}:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    request = WSGIRequest(environ)
    # It was let in with our own limit of size.
    request._body = webhook.body
    return request
