"""What the DNS says about a sender, and what should be entered there."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Channel
from outreach.accounts.offers import offer_of
from outreach.email.dns_advice import dns_advice


@staff_view(Staff.Role.MANAGER)
def account_records(request: StaffRequest, account_uuid: UUID) -> HttpResponse:
    accounts = request.business.provider_accounts.select_related("business")
    account = get_object_or_404(accounts, uuid=account_uuid, is_in_use=True)
    records = dns_advice(account) if account.channel == Channel.EMAIL else []
    context = {
        "account": account,
        "offer": offer_of(account),
        "records": records,
        "open_records": [one for one in records if not one.is_fine],
    }
    part = "records_list" if request.htmx else "records"  # type: ignore[attr-defined]
    return render(request, f"outreach/accounts/{part}.html", context)
