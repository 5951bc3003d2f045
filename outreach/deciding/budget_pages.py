"""How much a guest may hear, as a manager chooses it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from outreach.deciding.budget_changing import keep_budget
from outreach.deciding.contacts import budget_of
from outreach.deciding.decision import Reason
from outreach.models import ContactBudget, Message


class BudgetForm(forms.ModelForm):
    class Meta:
        model = ContactBudget
        fields = ("marketing_contacts", "marketing_days", "survey_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["inputmode"] = "numeric"


@staff_view(Staff.Role.MANAGER)
def budget(request: StaffRequest) -> HttpResponse:
    form = BudgetForm(request.POST or None, instance=budget_of(request.business))
    if request.method == "POST" and form.is_valid():
        keep_budget(
            form.save(commit=False),
            changed=form.changed_data,
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("Saved. Messages that wait for room are asked about anew."))
        return redirect("outreach:budget", request.business.slug)
    waiting = request.business.messages.filter(
        status=Message.Status.QUEUED, reason=Reason.BUDGET
    )
    return render(
        request, "outreach/budget.html", {"form": form, "waiting": waiting.count()}
    )
