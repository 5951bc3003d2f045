"""How a page of somebody who signs up is answered: in their language, told to nobody."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from crm.core.languages import guest_language_choices
from customers.models import SignUp, SignUpPage


def language_of(
    request: HttpRequest, page: SignUpPage | None, sign_up: SignUp | None = None
) -> str:
    for wish in (request.POST.get("switch"), request.GET.get("lang")):
        if wish in settings.GUEST_LANGUAGES:
            return str(wish)
    if sign_up:
        return sign_up.language
    asked = translation.get_language_from_request(request)
    if page and not request.headers.get("Accept-Language"):
        return page.business.language
    return asked


def answer(
    request: HttpRequest,
    name: str,
    page: SignUpPage | None = None,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    language = translation.get_language()
    shared = {
        "business": page.business if page else None,
        "page": page,
        "venue": page.venue if page else None,
        "languages": guest_language_choices(),
        "language": language,
    }
    response = render(
        request,
        f"customers/public/sign_up_{name}.html",
        {**shared, **(context or {})},
        status=status,
    )
    response.headers["Content-Language"] = language
    # The address is the key to the page, so it is told to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
