"""What the log calls the forms by which people sign up."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from customers.models import SignUpPage


def register_sign_up_subjects() -> None:
    register_subject(
        SignUpPage,
        _("a sign-up form"),
        page_of=_page,
        called=_venue_names,
        fields={"welcome": _("Words of welcome")},
    )


def _page(business: Business, reference: str) -> str:
    return reverse("customers:sign_up_edit", args=[business.slug, reference])


def _venue_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.sign_up_pages.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "venue__name")}
