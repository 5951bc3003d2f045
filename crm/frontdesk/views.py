from django.http import HttpResponse
from django.shortcuts import render

from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff


@staff_view(Staff.Role.VIEWER)
def front_door(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    return render(request, "base.html")


@staff_view(Staff.Role.VIEWER)
def today(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    return render(request, "base.html")


@staff_view(Staff.Role.VIEWER)
def guest_detail(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    return render(request, "base.html")
