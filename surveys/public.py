"""The guest's survey page: no login, no script needed, and a GET stores nothing."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.languages import guest_language_choices
from crm.core.signing import public_token, read_public_token
from surveys.forms import SurveyForm
from surveys.models import Invitation, Response
from surveys.responses import AlreadyAnswered, InvitationClosed, submit_response


@login_not_required
@csrf_exempt  # Who holds the link may answer: the token is the authority, no cookie is.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _invitation_of(token)
    with translation.override(_language_of(request, invitation)):
        if invitation is None:
            return _page(request, "unknown", status=404)
        with timezone.override(ZoneInfo(invitation.business.time_zone)):
            return _answer(request, invitation, now=timezone.now())


def _answer(
    request: HttpRequest, invitation: Invitation, *, now: datetime
) -> HttpResponse:
    if response := Response.objects.filter(invitation=invitation).first():
        return _answered(request, invitation, response)
    if not invitation.is_open(now):
        return _page(request, "closed", invitation, status=410)
    if request.method == "POST" and "switch" not in request.POST:
        return _submit(request, invitation, now=now)
    return _questions(request, invitation, _form(request, invitation))


def _submit(
    request: HttpRequest, invitation: Invitation, *, now: datetime
) -> HttpResponse:
    form = _form(request, invitation, data=request.POST)
    if not form.is_valid():
        return _questions(request, invitation, form)
    language = translation.get_language()
    try:
        submit_response(invitation, form.answers(), language=language, now=now)
    except AlreadyAnswered:
        return _answer(request, invitation, now=now)
    except InvitationClosed:
        return _page(request, "closed", invitation, status=410)
    return redirect(f"{request.path}?lang={language}")


def _answered(
    request: HttpRequest, invitation: Invitation, response: Response
) -> HttpResponse:
    is_second = request.method == "POST" and "switch" not in request.POST
    context = {"response": response, "is_second": is_second}
    status = 409 if is_second else 200
    return _page(request, "thanks", invitation, context, status=status)


def _questions(
    request: HttpRequest, invitation: Invitation, form: SurveyForm
) -> HttpResponse:
    words = invitation.version.words_in(translation.get_language())
    return _page(request, "questions", invitation, {"form": form, **words})


def _form(
    request: HttpRequest, invitation: Invitation, data: object = None
) -> SurveyForm:
    # A tap on a number in the mail, and a change of language half-way, both give what
    # is already chosen. Only the button stores.
    is_post = request.method == "POST"
    chosen = request.POST if is_post else request.GET
    questions = list(invitation.version.questions.order_by("position"))
    initial = {
        question.code: chosen.get(question.code)
        for question in questions
        if is_post or question.scale
    }
    return SurveyForm(
        data,
        initial=initial,
        questions=questions,
        language=translation.get_language(),
    )


def _invitation_of(token: str) -> Invitation | None:
    uuid = read_public_token("survey", token)
    if uuid is None:
        return None
    return (
        Invitation.objects.select_related("business", "guest", "visit", "version")
        .filter(uuid=uuid)
        .first()
    )


def _language_of(request: HttpRequest, invitation: Invitation | None) -> str:
    wishes = (request.POST.get("switch"), request.GET.get("lang"))
    for wish in wishes:
        if wish in settings.GUEST_LANGUAGES:
            return str(wish)
    if invitation:
        return invitation.language
    return translation.get_language_from_request(request)


def _page(
    request: HttpRequest,
    name: str,
    invitation: Invitation | None = None,
    context: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    language = translation.get_language()
    shared = {
        "business": invitation.business if invitation else None,
        "invitation": invitation,
        "languages": guest_language_choices(),
        "language": language,
        "preferences_url": _preferences_url(invitation),
    }
    response = render(
        request, f"surveys/public/{name}.html", shared | (context or {}), status=status
    )
    response.headers["Content-Language"] = language
    # The address is the key to the page, so it is told to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _preferences_url(invitation: Invitation | None) -> str:
    if invitation is None or invitation.guest is None:
        return ""
    token = public_token("preferences", invitation.guest.uuid)
    return reverse("preferences:preferences", args=[token])
