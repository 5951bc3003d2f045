"""The pages of somebody who signs up: no login, no cookie, no script needed.

A GET stores nothing: mail scanners open every link. Whatever is typed, the answer is
the same, so nobody learns who is a guest of the house.
"""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.rate_limits import caller_of, is_within
from customers.models import ConsentWording, SignUpPage
from customers.sign_up.answering import answer, language_of
from customers.sign_up.forms import TRAP, SignUpForm
from customers.sign_up.pages import page_of_token, welcome_in, wordings_of
from customers.sign_up.patience import OnceMore, Stamp, read_stamp
from customers.sign_up.signing_up import (
    KEPT_FOR,
    MAILS_A_DAY,
    ask_to_join,
)

# A whole table signs up over one network of the house; a machine goes on and on.
_FROM_ONE_PLACE = 60
_ON_ONE_PAGE = 600
_HOUR = timedelta(hours=1)


@login_not_required
@csrf_exempt  # There is no cookie that another site could use.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    page = page_of_token(token)
    with translation.override(language_of(request, page)):
        if page is None:
            return answer(request, "unknown", status=404)
        if not page.is_open or not page.venue.is_active:
            return answer(request, "closed", page, status=410)
        if request.method == "POST" and "switch" not in request.POST:
            return _submit(request, page)
        if "sent" in request.GET and request.method != "POST":
            context = {"mails_a_day": MAILS_A_DAY, "days": KEPT_FOR.days}
            return answer(request, "sent", page, context)
        return _blank(request, page)


def _blank(request: HttpRequest, page: SignUpPage) -> HttpResponse:
    """Show the form; in another language with what is already typed."""
    stamp = _stamp_of(request, page)
    wordings = _wordings(page, stamp)
    typed = request.POST.dict() if request.method == "POST" else {}
    return _show(request, page, _form(page, wordings, initial=typed), stamp)


def _submit(request: HttpRequest, page: SignUpPage) -> HttpResponse:
    stamp = _stamp_of(request, page)
    form = _form(page, _wordings(page, stamp), data=request.POST)
    if not form.is_valid():
        return _show(request, page, form, stamp)
    try:
        stamp = _check(request, stamp)
    except OnceMore as problem:
        form.add_error(None, str(problem))
        return _show(request, page, form, stamp)
    if not _may_go_on(request, page):
        form.add_error(
            None,
            _("Many have signed up here just now. Please try again in a little while."),
        )
        return _show(request, page, form, stamp, status=429)
    ask_to_join(page, form.facts(), stamp, now=timezone.now())
    return redirect(f"{request.path}?lang={translation.get_language()}&sent=1")


def _stamp_of(request: HttpRequest, page: SignUpPage) -> Stamp | None:
    return read_stamp(page, request.POST.get("stamp", ""), now=timezone.now())


def _check(request: HttpRequest, stamp: Stamp | None) -> Stamp:
    """Return the stamp of a form that a person sent. Raise OnceMore in doubt."""
    if stamp is None:
        raise OnceMore(
            _("The form stood open for long. Please press the button once more.")
        )
    if request.POST.get(TRAP):
        raise OnceMore(
            _("A field that people do not see was filled in. It is empty again now: "
              "please press the button once more.")
        )  # fmt: skip
    stamp.check_patience(timezone.now())
    return stamp


def _may_go_on(request: HttpRequest, page: SignUpPage) -> bool:
    now = timezone.now()
    here = is_within(
        "join_from", caller_of(request), limit=_FROM_ONE_PLACE, per=_HOUR, now=now
    )
    return here and is_within(
        "join_on", str(page.uuid), limit=_ON_ONE_PAGE, per=_HOUR, now=now
    )


def _wordings(page: SignUpPage, stamp: Stamp | None) -> dict[str, ConsentWording]:
    """Return the sentences the form was shown with; today's where it is new."""
    if stamp is None:
        return wordings_of(page)
    shown = page.business.consent_wordings.in_bulk(stamp.wordings.values())
    return {purpose: shown[pk] for purpose, pk in stamp.wordings.items() if pk in shown}


def _form(
    page: SignUpPage, wordings: dict[str, ConsentWording], **kwargs: object
) -> SignUpForm:
    language = translation.get_language()
    return SignUpForm(page=page, language=language, wordings=wordings, **kwargs)


def _show(
    request: HttpRequest,
    page: SignUpPage,
    form: SignUpForm,
    stamp: Stamp | None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    if stamp is None:
        today = {purpose: one.pk for purpose, one in wordings_of(page).items()}
        stamp = Stamp(shown_at=now, wordings=today)
    context = {
        "form": form,
        "stamp": stamp.sealed(page),
        "trap": TRAP,
        "welcome": welcome_in(page, translation.get_language()),
        "days": KEPT_FOR.days,
    }
    return answer(request, "form", page, context, status=status)
