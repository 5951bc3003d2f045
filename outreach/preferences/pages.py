"""Pages a guest reaches from a message: stop, and choose what we send.

Mail scanners open every link, so a GET only asks and a POST acts. Who holds the link may
act: the token is the authority, so no cookie and no login is needed.
"""

from collections.abc import Sequence
from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.languages import guest_language_choices, in_language
from crm.core.signing import public_token, read_public_token
from crm.tenancy.models import Business
from customers.merging.following import living
from customers.models import Channel, ConsentWording, Guest, Purpose
from outreach.models import Message
from outreach.preferences.unsubscribing import (
    Choice,
    choices_at_address,
    choices_of,
    save_choices,
    save_choices_at_address,
    stop_everything,
    stop_everything_at_address,
)
from outreach.preferences.unsubscribing import unsubscribe as stop_messages_like


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the one-click POST of RFC 8058 itself: 200, no redirect, every time."""
    message = _message_of(token)
    guest = message.guest if message else None
    with translation.override(_language_of(request, message, guest)):
        if message is None:
            return _page(request, "unknown", status=404)
        is_done = request.method == "POST"
        if is_done:
            stop_messages_like(message, now=timezone.now())
        return _page(
            request,
            "unsubscribe",
            message.business,
            {
                "message": message,
                "is_done": is_done,
                "preferences_url": _preferences_url(message, token),
            },
        )


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    guest = _guest_of(token)
    with translation.override(_language_of(request, None, guest)):
        if guest is None:
            return _page(request, "unknown", status=404)
        if request.method == "POST":
            return _save(request, guest)
        return _page(
            request,
            "preferences",
            guest.business,
            {
                "guest": guest,
                "topics": _topics(guest.business, choices_of(guest)),
                "is_saved": "saved" in request.GET,
            },
        )


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_of_address(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what an address gets. Who is a guest chooses on their own page."""
    message = _message_of(token)
    guest = message.guest if message else None
    with translation.override(_language_of(request, message, guest)):
        if message is None or not message.to_hash:
            return _page(request, "unknown", status=404)
        if url := _own_page(message):
            return redirect(url)
        if request.method == "POST":
            return _save_for_address(request, message)
        return _page(
            request,
            "preferences",
            message.business,
            {
                "topics": _topics(message.business, choices_at_address(message)),
                "is_saved": "saved" in request.GET,
            },
        )


def _save_for_address(request: HttpRequest, message: Message) -> HttpResponse:
    now = timezone.now()
    if "stop" in request.POST:
        stop_everything_at_address(message, now=now)
    else:
        wishes = {
            choice.purpose: _field_of(choice) in request.POST
            for choice in choices_at_address(message)
        }
        save_choices_at_address(message, wishes, now=now)
    return redirect(f"{request.path}?lang={translation.get_language()}&saved=1")


def _save(request: HttpRequest, guest: Guest) -> HttpResponse:
    if "stop" in request.POST:
        stop_everything(guest, now=timezone.now())
    else:
        wishes = {
            (choice.purpose, choice.channel): _field_of(choice) in request.POST
            for choice in choices_of(guest)
        }
        save_choices(guest, wishes, now=timezone.now())
    return redirect(f"{request.path}?lang={translation.get_language()}&saved=1")


def _topics(business: Business, choices: Sequence[Choice]) -> list[dict[str, object]]:
    """Return the purposes with their wording and their ticks, service last."""
    wordings = {
        wording.purpose: wording.texts
        for wording in business.consent_wordings.filter(
            basis=ConsentWording.Basis.CONSENT, is_current=True
        )
    }
    order = [Purpose.SURVEY, Purpose.MARKETING, Purpose.SERVICE]
    by_purpose = {
        purpose: list(of_purpose)
        for purpose, of_purpose in groupby(choices, key=lambda choice: choice.purpose)
    }
    return [
        {
            "label": purpose.label,
            "words": in_language(
                wordings.get(purpose.value, {}), translation.get_language()
            ),
            "ticks": _ticks(by_purpose[purpose.value]),
        }
        for purpose in order
        if purpose.value in by_purpose
    ]


def _ticks(choices: Sequence[Choice]) -> list[dict[str, object]]:
    return [
        {
            "field": _field_of(choice),
            "label": Channel(choice.channel).label,
            "is_on": choice.is_on,
        }
        for choice in choices
    ]


def _field_of(choice: Choice) -> str:
    return f"{choice.purpose}-{choice.channel}"


def _message_of(token: str) -> Message | None:
    uuid = read_public_token("unsubscribe", token)
    if uuid is None:
        return None
    return (
        Message.objects.select_related("business", "guest__business")
        .filter(uuid=uuid)
        .first()
    )


def _guest_of(token: str) -> Guest | None:
    uuid = read_public_token("preferences", token)
    if uuid is None:
        return None
    rows = Guest.objects.select_related("business", "merged_into__business")
    guest = rows.filter(uuid=uuid).first()
    # A link to an entry that was made one with another leads to that one.
    guest = living(guest) if guest else None
    return guest if guest and not guest.is_erased else None


def _language_of(
    request: HttpRequest, message: Message | None, guest: Guest | None
) -> str:
    wish = request.GET.get("lang")
    if wish in settings.GUEST_LANGUAGES:
        return str(wish)
    if message:
        return message.language
    if guest:
        return guest.language or guest.business.language
    return translation.get_language_from_request(request)


def _preferences_url(message: Message, token: str) -> str:
    """Return where to choose: the guest's own page, or that of the address alone."""
    if url := _own_page(message):
        return url
    if not message.to_hash:
        return ""
    return reverse("preferences:address", args=[token])


def _own_page(message: Message) -> str:
    guest = living(message.guest) if message.guest else None
    if guest is None or guest.is_erased:
        return ""
    token = public_token("preferences", guest.uuid)
    return reverse("preferences:preferences", args=[token])


def _page(
    request: HttpRequest,
    name: str,
    business: Business | None = None,
    context: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    language = translation.get_language()
    shared = {
        "business": business,
        "languages": guest_language_choices(),
        "language": language,
    }
    response = render(
        request, f"outreach/public/{name}.html", shared | (context or {}), status=status
    )
    response.headers["Content-Language"] = language
    # The address is the key to the page, so it is told to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
