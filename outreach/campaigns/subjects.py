"""Name campaigns for the log."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from outreach.models import Campaign


def register_campaigns() -> None:
    register_subject(
        Campaign,
        _("a campaign"),
        page_of=_page,
        called=_names,
        fields={"subjects_b": _("Second subject")},
    )


def _page(business: Business, reference: str) -> str:
    return reverse("outreach:campaign_detail", args=[business.slug, reference])


def _names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.campaigns.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}
