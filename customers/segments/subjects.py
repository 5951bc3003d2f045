"""What the log calls segments."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from customers.models import Segment


def register_segment_subjects() -> None:
    register_subject(
        Segment,
        _("a segment"),
        page_of=_page,
        called=_names,
        fields={"rules": _("the rules")},
    )


def _page(business: Business, reference: str) -> str:
    return reverse("customers:segment_detail", args=[business.slug, reference])


def _names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.segments.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}
