"""The only door to a business's data."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from crm.accounts.models import User
from crm.tenancy.models import Business, Staff

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that has passed the door."""

    user: User
    business: Business
    staff: Staff


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def staff_view(
    role: str,
) -> Callable[[StaffView[P]], Callable[..., HttpResponseBase]]:
    """Let in people whose role in the business of the URL is at least ``role``.

    Strangers get 404, as if the business did not exist; too low a role gets 403. The
    view receives ``request.business`` and ``request.staff`` instead of the slug, and
    runs in the business's time zone. What it answers is kept by no cache. ``staff_role``
    on the view says what it asks for.
    """

    def decorate(view: StaffView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: StaffRequest, slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            staff = (
                Staff.objects.select_related("business", "user")
                .filter(user=request.user.pk, business__slug=slug)
                .first()
            )
            if staff is None:
                raise Http404
            request.business, request.staff = staff.business, staff
            if not staff.may(role):
                raise PermissionDenied
            with timezone.override(ZoneInfo(staff.business.time_zone)):
                response = view(request, *args, **kwargs)
            # Guests' names must not stay behind on a shared machine or on the way.
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.staff_role = role  # type: ignore[attr-defined]
        return guarded

    return decorate
