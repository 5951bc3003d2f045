"""Answer a form about a guest who was forgotten while it was filled in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse

from crm.tenancy.decorators import StaffRequest
from customers.holding import GuestIsForgotten
from customers.people.gone import IsGone

P = ParamSpec("P")
View = Callable[Concatenate[StaffRequest, P], HttpResponse]


def gone_when_forgotten(view: View[P]) -> View[P]:
    """Answer 404, with what was typed to copy, where the view meets GuestIsForgotten."""

    @wraps(view)
    def careful(
        request: StaffRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except GuestIsForgotten as problem:
            raise IsGone from problem

    return careful
