"""The firms that guests come from."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.core.paging import page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.in_place import ask_in_place
from customers.models import Company
from customers.people.companies import NameIsTaken, amend_company
from customers.people.company_forms import CompanyForm
from customers.people.company_listing import (
    companies_by_name,
    guests_from,
    names_like,
    rows_of_companies,
    visits_from,
)
from customers.people.gone import still_here
from customers.visiting.visit_views import own_venue_ids


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.STAFF)
def company_list(request: StaffRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()
    stretch = companies_by_name(
        request.business, typed=typed, after=_uuid(request.GET.get("after", ""))
    )
    today = timezone.localdate()
    context = {
        "typed": typed,
        "rows": rows_of_companies(request.business, stretch.companies, today=today),
        "next_after": stretch.next_after,
    }
    part = "#rows" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"customers/company_list.html{part}", context)


@require_safe
@staff_view(Staff.Role.STAFF)
def company_names(request: StaffRequest) -> HttpResponse:
    """Answer with the names to choose from while one is typed into a guest form."""
    names = names_like(request.business, request.GET.get("company", ""))
    return render(request, "customers/company_names.html", {"names": names})


@require_safe
@staff_view(Staff.Role.STAFF)
def company_detail(request: StaffRequest, company_uuid: UUID) -> HttpResponse:
    company = still_here(request, request.business.companies.all(), company_uuid)
    today = timezone.localdate()
    venue_ids = own_venue_ids(request)
    context = {
        "company": company,
        "row": rows_of_companies(request.business, [company], today=today)[0],
        "page": page_of(request, guests_from(company)),
        **visits_from(company, today=today, venue_ids=venue_ids),
    }
    return render(request, "customers/company_detail.html", context)


@vary_on_headers("HX-Request")
@staff_view(Staff.Role.STAFF)
def company_edit(request: StaffRequest, company_uuid: UUID) -> HttpResponse:
    company = still_here(request, request.business.companies.all(), company_uuid)
    form = CompanyForm(
        request.POST if request.method == "POST" else None, initial=_initial_of(company)
    )
    context: dict[str, object] = {"company": company, "form": form}
    if not form.is_valid():
        return ask_in_place(request, "customers/company_form.html", context)
    try:
        kept = amend_company(
            company, **form.cleaned_data, actor=request.user, now=timezone.now()
        )
    except NameIsTaken as taken:
        context |= _about_joining(request, form, taken.company)
        return ask_in_place(request, "customers/company_form.html", context)
    toast(request, _("Saved."))
    return _changed(request, company, kept)


def _initial_of(company: Company) -> dict[str, str]:
    return {name: getattr(company, name) for name in CompanyForm.Meta.fields}


def _about_joining(
    request: StaffRequest, form: CompanyForm, other: Company
) -> dict[str, object]:
    """Return a form that asks first, with the words of both, so that none is lost."""
    typed = form.cleaned_data
    remarks = dict.fromkeys(text for text in (other.remark, typed["remark"]) if text)
    together = {
        "name": other.name,
        "website": typed["website"] or other.website,
        "remark": "\n".join(remarks),
        "joins": other.uuid,
    }
    return {"form": CompanyForm(initial=together), "other": other}


def _changed(request: StaffRequest, company: Company, kept: Company) -> HttpResponse:
    address = reverse("customers:company_detail", args=[kept.business.slug, kept.uuid])
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    # The name also stands above; when two became one, the whole page is another.
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
