"""Pages a guest reaches from a message: stop, and choose what we send."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "guest_base.html")


@login_not_required
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "guest_base.html")
