"""Pages of the demo mailbox. Included in the URLs only when the demo runs."""

from itertools import islice
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from crm.core.paging import Page, page_number
from crm.devtools import mailbox

PER_PAGE = 50


@login_not_required
@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    number = page_number(request.GET.get("page", ""))
    start = (number - 1) * PER_PAGE
    posts = mailbox.newest_posts(mailbox.mailbox_folder(settings.DATA_DIR), to=to)
    found = list(islice(posts, start, start + PER_PAGE + 1))
    page = Page(found[:PER_PAGE], number, number + 1 if len(found) > PER_PAGE else None)
    return _page(request, "mailbox_list.html", {"page": page, "to": to})


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    # The houses of the demo are in Norway; the mailbox itself is of no house.
    with timezone.override("Europe/Oslo"):
        return render(request, f"devtools/{name}", context)


@login_not_required
@require_safe
def mailbox_detail(request: HttpRequest, key: str) -> HttpResponse:
    folder = mailbox.mailbox_folder(settings.DATA_DIR)
    path = mailbox.find_file(folder, key)
    if path is None:
        raise Http404
    if path.suffix == mailbox.SMS:
        return _page(request, "mailbox_sms.html", {"post": mailbox.open_sms(path)})
    mail = mailbox.open_mail(path)
    return _page(request, "mailbox_detail.html", {"mail": mail, "post": mail.post})


# A mail brings its own styles and must not bring anything else: no script, no form, and
# an origin of its own. Its links open in the window around it.
@login_not_required
@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "font-src": [NONE],
        "connect-src": [NONE],
        "form-action": [NONE],
        "frame-src": [NONE],
        "frame-ancestors": [SELF],
        "manifest-src": [NONE],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    path = _mail_path(key)
    return HttpResponse(mailbox.for_reading(mailbox.open_mail(path).html))


@login_not_required
@require_safe
def mailbox_raw(request: HttpRequest, key: str) -> FileResponse:
    path = _mail_path(key)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=path.name,
        content_type="message/rfc822",
    )


def _mail_path(key: str) -> Path:
    path = mailbox.find_file(mailbox.mailbox_folder(settings.DATA_DIR), key)
    if path is None or path.suffix != mailbox.MAIL:
        raise Http404
    return path
