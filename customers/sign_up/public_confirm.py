"""The page behind the link in the mail: was it you? A GET asks, a POST answers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.languages import in_language
from crm.core.signing import public_token
from customers.models import SignUp
from customers.sign_up.answering import answer, language_of
from customers.sign_up.confirming import SignUpIsOver, confirm_sign_up
from customers.sign_up.signing_up import say_it_was_not_me, sign_up_of_token


@login_not_required
@csrf_exempt  # Who holds the link may answer: the token is the authority.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    sign_up = sign_up_of_token(token)
    page = sign_up.page if sign_up else None
    with translation.override(language_of(request, page, sign_up)):
        if sign_up is None or _is_over(sign_up):
            return answer(request, "unknown", page, status=404)
        if request.method == "POST":
            return _decide(request, sign_up)
        if sign_up.guest:
            token = public_token("preferences", sign_up.guest.uuid)
            url = reverse("preferences:preferences", args=[token])
            return answer(request, "thanks", page, {"preferences_url": url})
        context = {"sign_up": sign_up, "wordings": _said_yes_to(sign_up)}
        return answer(request, "confirm", page, context)


def _is_over(sign_up: SignUp) -> bool:
    if sign_up.guest:
        return sign_up.guest.is_erased
    return sign_up.expires_at <= timezone.now()


def _decide(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    if "no" in request.POST:
        say_it_was_not_me(sign_up)
        return answer(request, "not_me", sign_up.page)
    try:
        confirm_sign_up(sign_up, now=timezone.now())
    except SignUpIsOver:
        return answer(request, "unknown", sign_up.page, status=404)
    return redirect(f"{request.path}?lang={translation.get_language()}")


def _said_yes_to(sign_up: SignUp) -> list[str]:
    """Return the sentences in the language they were said yes to."""
    shown = sign_up.business.consent_wordings.in_bulk(sign_up.agreed.values())
    return [
        in_language(wording.texts, sign_up.language)
        for _pk, wording in sorted(shown.items())
    ]
