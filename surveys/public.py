"""The guest's survey page: no login, no script needed, and a GET stores nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def answer(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "guest_base.html")
