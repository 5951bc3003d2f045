"""Answer in a sentence when something broke, and when the database is away."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Show the plain error page: 503 when PostgreSQL cannot be reached, else 500.

    Rendered without the request, because what fails may be what a context processor
    would ask for.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "30"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)
