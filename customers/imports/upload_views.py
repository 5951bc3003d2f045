"""The page that takes a file, and says which came before."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.core.paging import page_of
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.imports.reading import UnreadableFile
from customers.imports.receiving import receive_upload
from customers.imports.standing import as_it_stands
from customers.imports.upload_form import UploadForm
from customers.models import Import


@staff_view(Staff.Role.MANAGER)
def imports(request: StaffRequest) -> HttpResponse:
    business = request.business
    form = UploadForm(request.POST or None, request.FILES or None, business=business)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, business=business)
        if form.is_valid() and (batch := _received(request, form)):
            return redirect("customers:import_columns", business.slug, batch.uuid)
    page = page_of(request, _newest(request), per_page=20)
    context = {
        "form": form,
        "page": page,
        "batches": [as_it_stands(batch) for batch in page.rows],
    }
    return render(request, "customers/imports/imports.html", context)


def _newest(request: StaffRequest) -> "QuerySet[Import]":
    batches: QuerySet[Import] = request.business.imports.select_related(
        "created_by", "job", "venue"
    )
    return batches.order_by("-created_at", "-pk")


def _received(request: StaffRequest, form: UploadForm) -> Import | None:
    """Keep the file; say at the field why it cannot be a table."""
    file = form.cleaned_data["file"]
    try:
        return receive_upload(
            business=request.business,
            file=file,
            name=file.name,
            kind=form.cleaned_data["kind"],
            venue=form.cleaned_data.get("venue"),
            actor=request.user,
            now=timezone.now(),
        )
    except UnreadableFile as refused:
        form.add_error("file", str(refused))
        return None
