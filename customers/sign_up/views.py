"""The forms by which people sign up: opened, changed, printed, counted."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.languages import guest_language_choices
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import OFFERED, Purpose, SignUpPage
from customers.sign_up.codes import code_of
from customers.sign_up.counting import WEEKS, count_sign_ups, weeks_chart
from customers.sign_up.page_forms import PageForm, WordingForm
from customers.sign_up.pages import (
    amend_page,
    link_to,
    open_page,
    path_of,
    wordings_in_use,
)
from customers.sign_up.posters import SIZES, poster_words
from customers.sign_up.wording import reword, versions_of


@staff_view(Staff.Role.MANAGER)
def sign_up_pages(request: StaffRequest) -> HttpResponse:
    business = request.business
    counts = count_sign_ups(business, now=timezone.now(), today=timezone.localdate())
    pages = {page.venue_id: page for page in business.sign_up_pages.all()}
    venues = business.venues.filter(is_active=True).order_by("name", "pk")
    rows = []
    for venue in venues:
        page = pages.get(venue.pk)
        row: dict[str, object] = {"venue": venue, "page": page}
        if page:
            row |= {
                "link": link_to(page),
                "path": path_of(page),
                "code": code_of(link_to(page)),
                "this_week": counts.by_page_this_week[page.pk],
                "in_all": counts.by_page[page.pk],
                "waiting": counts.waiting[page.pk],
            }
        rows.append(row)
    context = {
        "rows": rows,
        "has_pages": bool(pages),
        "chart": weeks_chart(counts),
        "weeks": WEEKS,
        "wordings": _wordings(request),
    }
    return render(request, "customers/sign_up/pages.html", context)


def _wordings(request: StaffRequest) -> list[dict[str, object]]:
    language = translation.get_language()
    in_use = wordings_in_use(request.business, OFFERED)
    return [
        {
            "purpose": purpose.value,
            "label": purpose.label,
            "wording": in_use.get(purpose),
            "text": in_use[purpose].texts.get(language)
            or next(iter(in_use[purpose].texts.values()), "")
            if purpose in in_use
            else "",
        }
        for purpose in OFFERED
    ]


@require_POST
@staff_view(Staff.Role.MANAGER)
def sign_up_open(request: StaffRequest, venue_uuid: UUID) -> HttpResponse:
    venue = get_object_or_404(request.business.venues, uuid=venue_uuid, is_active=True)
    page = open_page(venue, actor=request.user, now=timezone.now())
    toast(request, _("The form is open. Print the poster, or share the link."))
    return redirect("customers:sign_up_edit", request.business.slug, page.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def sign_up_edit(request: StaffRequest, page_uuid: UUID) -> HttpResponse:
    page = _page(request, page_uuid)
    form = PageForm(request.POST or None, page=page)
    if request.method == "POST" and form.is_valid():
        amend_page(page, form.facts(), actor=request.user, now=timezone.now())
        toast(request, _("Saved. The form reads so from now on."))
        return redirect("customers:sign_up_edit", request.business.slug, page.uuid)
    context = {
        "form": form,
        "page": page,
        "link": link_to(page),
        "path": path_of(page),
        "code": code_of(link_to(page)),
    }
    return render(request, "customers/sign_up/page_edit.html", context)


@staff_view(Staff.Role.MANAGER)
def sign_up_poster(request: StaffRequest, page_uuid: UUID) -> HttpResponse:
    """Show the poster as it is printed: ``size`` of SIZES, ``lang`` of the guests'."""
    page = _page(request, page_uuid)
    size = request.GET.get("size", "")
    language = request.GET.get("lang", "")
    if language not in settings.GUEST_LANGUAGES:
        language = request.business.language
    context = {
        "page": page,
        "size": size if size in SIZES else SIZES[0],
        "sizes": SIZES,
        "words": poster_words(page, language),
        "languages": guest_language_choices(),
        "link": link_to(page),
        "code": code_of(link_to(page)),
    }
    return render(request, "customers/sign_up/poster.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def sign_up_wording(request: StaffRequest) -> HttpResponse:
    """Show and change the sentence ``about`` one of OFFERED, the first if none."""
    asked = request.GET.get("about", "")
    purpose = Purpose(asked) if asked in OFFERED else OFFERED[0]
    business = request.business
    versions = versions_of(business, purpose)
    texts: dict[str, str] = next((one.texts for one in versions if one.is_current), {})
    form = WordingForm(request.POST or None, business=business, texts=texts)
    if request.method == "POST" and form.is_valid():
        reword(business, purpose, form.texts(), actor=request.user, now=timezone.now())
        toast(request, _("Saved. People are asked with these words from now on."))
        return redirect("customers:sign_up_pages", business.slug)
    context = {"form": form, "versions": versions, "label": purpose.label}
    return render(request, "customers/sign_up/wording.html", context)


def _page(request: StaffRequest, page_uuid: UUID) -> SignUpPage:
    return get_object_or_404(
        request.business.sign_up_pages.select_related("business", "venue"),
        uuid=page_uuid,
    )
