"""Every message there was: to whom, what it said, how it went, and why not."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages as toasts
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from crm.core.paging import page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from outreach.deciding.forecast import Outlook, verdicts_of
from outreach.forms import MessageFilter
from outreach.models import Attempt, Message
from outreach.outbox.again import CannotSendAgain, send_again
from outreach.outbox.health import health_of
from outreach.writing.links import inert_links, with_links


@staff_view(Staff.Role.MANAGER)
def message_list(request: StaffRequest) -> HttpResponse:
    form = MessageFilter(request.GET, business=request.business)
    wishes = form.cleaned_data if form.is_valid() else {}
    messages = request.business.messages.select_related("guest", "automation")
    if wishes.get("status"):
        messages = messages.filter(status=wishes["status"])
    if wishes.get("automation"):
        messages = messages.filter(automation=wishes["automation"])
    return render(
        request,
        "outreach/message_list.html",
        {
            "form": form,
            "is_filtered": any(wishes.values()),
            "page": page_of(request, messages.order_by("-send_at", "-pk")),
        },
    )


@staff_view(Staff.Role.MANAGER)
def health(request: StaffRequest) -> HttpResponse:
    found = health_of(request.business, now=timezone.now())
    return render(request, "outreach/health.html", {"health": found})


@staff_view(Staff.Role.MANAGER)
def message_detail(request: StaffRequest, message_uuid: str) -> HttpResponse:
    message = _message(request, message_uuid)
    return render(
        request,
        "outreach/message_detail.html",
        {
            "message": message,
            "keep_days": settings.BODY_KEEP_DAYS,
            "text": with_links(message.body_text, inert_links()),
            "may_send_again": message.may_send_again
            and not hasattr(message, "resent_as"),
            **_outlook(message),
        },
    )


@staff_view(Staff.Role.MANAGER)
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "sandbox": True,
    }
)
def message_letter(request: StaffRequest, message_uuid: str) -> HttpResponse:
    # Mail programs need inline styles; alone in a frame that can do nothing they harm
    # nobody.
    message = _message(request, message_uuid)
    return HttpResponse(with_links(message.body_html, inert_links()))


@staff_view(Staff.Role.MANAGER)
@require_POST
def message_send_again(request: StaffRequest, message_uuid: str) -> HttpResponse:
    message = _message(request, message_uuid)
    try:
        message = send_again(message, actor=request.user, now=timezone.now())
    except CannotSendAgain as problem:
        toast(request, str(problem), level=toasts.ERROR)
    else:
        toast(request, _("It goes out again now, if it still may."))
    return redirect("outreach:message_detail", request.business.slug, message.uuid)


def _message(request: StaffRequest, message_uuid: str) -> Message:
    attempts = Prefetch("attempts", Attempt.objects.order_by("-number"))
    return get_object_or_404(
        request.business.messages.select_related(
            "guest",
            "visit__venue",
            "automation",
            "template_version__template",
            "survey_invitation",
            "resend_of",
            "resent_as",
        ).prefetch_related(attempts),
        uuid=message_uuid,
    )


def _outlook(message: Message) -> dict[str, object]:
    """Return what will become of a message that waits, as things stand."""
    if message.status != Message.Status.QUEUED:
        return {}
    verdict = verdicts_of([message], now=timezone.now())[message.pk]
    return {"outlook": Outlook(verdict)}
