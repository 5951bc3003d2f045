"""What the log calls tags and the house's own fields."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from customers.models import CustomField, Tag


def register_profile_subjects() -> None:
    register_subject(Tag, _("a tag"), page_of=_tag, called=_tag_names)
    register_subject(
        CustomField, _("an own field"), page_of=_field, called=_field_labels
    )


def _tag(business: Business, reference: str) -> str:
    return reverse("customers:tag_edit", args=[business.slug, reference])


def _field(business: Business, reference: str) -> str:
    return reverse("customers:field_edit", args=[business.slug, reference])


def _tag_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.tags.filter(uuid__in=references, removed_at=None)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}


def _field_labels(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.custom_fields.filter(uuid__in=references)
    return {str(uuid): label for uuid, label in rows.values_list("uuid", "label")}
