"""A guest's own details by a link: no login, no cookie, no script needed.

Mail scanners open every link, so a GET shows and stores nothing. Who holds the link may
act: the token is the authority.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.languages import guest_language_choices
from crm.core.rate_limits import caller_of, is_within
from customers.holding import GuestIsForgotten
from customers.models import DetailsLink, EmailChange, Guest
from customers.people.guest_values import values_of
from customers.quality.details_links import is_open, link_of_token, save_details
from customers.quality.email_changes import (
    NEW,
    OLD,
    ChangeIsOver,
    TooManyChanges,
    ask_for_email,
    change_of_token,
    confirm_email,
    may_confirm,
    may_refuse,
    refuse_email,
)
from customers.quality.fact_form import FactForm
from customers.quality.fact_forms import FORMS
from customers.quality.reach_forms import EmailForm

_FROM_ONE_PLACE = 60
_HOUR = timedelta(hours=1)


@login_not_required
@csrf_exempt  # There is no cookie that another site could use.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    link, now = link_of_token(token), timezone.now()
    guest = link.guest if link else None
    with translation.override(_language_of(request, guest)):
        if link is None:
            return _answer(request, "unknown", status=404)
        if not is_open(link, now=now):
            return _answer(request, "over", link.guest, status=410)
        is_sent = request.method == "POST" and "switch" not in request.POST
        forms = _forms(request, link.guest, is_sent=is_sent)
        if is_sent:
            return _save(request, link, forms, now=now)
        return _show(request, link.guest, forms)


def _save(
    request: HttpRequest, link: DetailsLink, forms: list[FactForm], *, now: datetime
) -> HttpResponse:
    guest = link.guest
    # Every form, so that all there is to put right is said at once.
    if [form for form in forms if not form.is_valid()]:
        return _show(request, guest, forms)
    if not is_within(
        "details", caller_of(request), limit=_FROM_ONE_PLACE, per=_HOUR, now=now
    ):
        return _answer(request, "slowly", guest, status=429)
    email = next(form for form in forms if isinstance(form, EmailForm))
    others = [form for form in forms if form is not email]
    wants_email = not email.is_empty and email.cleaned_data["email"] not in _first(
        email
    )
    try:
        # First what can be refused, so that nothing is half done.
        if wants_email:
            language = translation.get_language()
            ask_for_email(guest, email.data["email"], language=language, now=now)
            save_details(link, others, now=now)
        else:
            save_details(link, [*others, *([] if email.is_empty else [email])], now=now)
    except TooManyChanges as problem:
        email.add_error("email", str(problem))
        return _show(request, guest, forms)
    except GuestIsForgotten:
        return _answer(request, "unknown", status=404)
    mailed = "&mailed=1" if wants_email else ""
    return redirect(f"{request.path}?lang={translation.get_language()}&saved=1{mailed}")


def _first(email: EmailForm) -> list[str]:
    return list(email.held["emails"][:1])


def _forms(request: HttpRequest, guest: Guest, *, is_sent: bool) -> list[FactForm]:
    held = values_of(guest)
    # A change of language keeps what was typed and says nothing about it yet.
    is_typed = request.method == "POST"
    forms = [
        form(request.POST if is_sent else None, guest=guest, held=held, is_at_home=True)
        for form in FORMS.values()
    ]
    if is_typed and not is_sent:
        for form in forms:
            for name in form.fields:
                if name in request.POST:
                    form.initial[name] = request.POST[name]
    return forms


def _show(
    request: HttpRequest, guest: Guest, forms: Sequence[FactForm]
) -> HttpResponse:
    context: dict[str, object] = {
        "forms": {form.fact.value: form for form in forms},
        "has_errors": any(form.is_bound and form.errors for form in forms),
        "is_saved": "saved" in request.GET and request.method != "POST",
        "is_mailed": "mailed" in request.GET and request.method != "POST",
    }
    return _answer(request, "form", guest, context)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the new address; a POST says yes."""
    change, now = change_of_token(token, NEW), timezone.now()
    with translation.override(_language_of(request, None, change)):
        if change is None or not may_confirm(change, now=now):
            return _answer(request, "unknown", status=404)
        if request.method == "POST":
            try:
                confirm_email(change, now=now)
            except (ChangeIsOver, GuestIsForgotten):
                return _answer(request, "unknown", status=404)
            return redirect(f"{request.path}?lang={translation.get_language()}")
        context: dict[str, object] = {"change": change}
        return _answer(request, "new_email", change.guest, context)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the old address; a POST says that it was not them."""
    change, now = change_of_token(token, OLD), timezone.now()
    with translation.override(_language_of(request, None, change)):
        if change is None or not (change.refused_at or may_refuse(change, now=now)):
            return _answer(request, "unknown", status=404)
        if request.method == "POST":
            try:
                refuse_email(change, now=now)
            except (ChangeIsOver, GuestIsForgotten):
                return _answer(request, "unknown", status=404)
            return redirect(f"{request.path}?lang={translation.get_language()}")
        context: dict[str, object] = {"change": change}
        return _answer(request, "old_email", change.guest, context)


def _language_of(
    request: HttpRequest, guest: Guest | None, change: EmailChange | None = None
) -> str:
    for wish in (request.POST.get("switch"), request.GET.get("lang")):
        if wish in settings.GUEST_LANGUAGES:
            return str(wish)
    if change:
        return change.language
    if guest:
        return guest.language or guest.business.language
    return translation.get_language_from_request(request)


def _answer(
    request: HttpRequest,
    name: str,
    guest: Guest | None = None,
    context: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    language = translation.get_language()
    shared = {
        "business": guest.business if guest else None,
        "guest": guest,
        "languages": guest_language_choices(),
        "language": language,
    }
    response = render(
        request,
        f"customers/public/details_{name}.html",
        shared | (context or {}),
        status=status,
    )
    response.headers["Content-Language"] = language
    # The address is the key to the page, so it is told to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
