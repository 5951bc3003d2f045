"""Every message there was: to whom, what it said, how it went, and why not."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.naming import account_name
from outreach.models import Message
from outreach.outbox.again import CannotSendAgain, send_again
from outreach.outbox.asking import AskedMessages
from outreach.outbox.health import health_of
from outreach.outbox.story import story_of
from outreach.outbox.telling import tell
from outreach.writing.bubbles import bubble_of
from outreach.writing.links import inert_links, with_links


@staff_view(Staff.Role.MANAGER)
def message_list(request: StaffRequest) -> HttpResponse:
    asked, place = (
        AskedMessages.of(request.business, request.GET),
        request.GET.get("at", ""),
    )
    messages, next_place = asked.page(place)
    context = {
        "asked": asked,
        "messages_shown": messages,
        "next_url": asked.address(at=next_place) if next_place else "",
        "start_url": asked.address() if place else "",
        "without_guest_url": asked.address(guest=""),
    }
    return render(request, "outreach/message_list.html", context)


@staff_view(Staff.Role.MANAGER)
def health(request: StaffRequest) -> HttpResponse:
    found = health_of(request.business, now=timezone.now())
    return render(request, "outreach/health.html", {"health": found})


@staff_view(Staff.Role.MANAGER)
def message_detail(request: StaffRequest, message_uuid: str) -> HttpResponse:
    message = _message(request, message_uuid)
    is_sms = message.channel == Channel.SMS and bool(message.body_text)
    context = {
        "message": message,
        "told": tell(message, now=timezone.now()),
        "story": story_of(message),
        "keep_days": settings.BODY_KEEP_DAYS,
        "bubble": bubble_of(message) if is_sms else None,
        "text": with_links(message.body_text, inert_links()),
        "may_send_again": message.may_send_again and not hasattr(message, "resent_as"),
        "account_name": account_name(message.account) if message.account else "",
    }
    return render(request, "outreach/message_detail.html", context)


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
    return get_object_or_404(
        request.business.messages.select_related(
            "account",
            "guest",
            "visit__venue",
            "automation",
            "template_version__template",
            "survey_invitation",
            "resend_of",
            "resent_as",
        ).prefetch_related("attempts", "delivery_events", "answered_by"),
        uuid=message_uuid,
    )
