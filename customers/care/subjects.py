"""What the log calls wishes, promises and the house's lists."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business
from customers.models import PolicyStep, Preference, PreferenceKind, Promise, known


def register_care_subjects() -> None:
    register_subject(Preference, _("a wish"), called=_whose_wishes)
    register_subject(Promise, _("a promise"), called=_whose_promises)
    register_subject(PreferenceKind, _("a thing to wish for"), called=_kind_names)
    register_subject(PolicyStep, _("a step of the checklist"), called=_step_texts)


def _whose_wishes(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.preferences.filter(known("guest"), uuid__in=references)
    return {str(u): name for u, name in rows.values_list("uuid", "guest__display_name")}


def _whose_promises(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.promises.filter(known("guest"), uuid__in=references)
    return {str(u): name for u, name in rows.values_list("uuid", "guest__display_name")}


def _kind_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.preference_kinds.filter(uuid__in=references)
    return {str(u): name for u, name in rows.values_list("uuid", "name")}


def _step_texts(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.policy_steps.filter(uuid__in=references)
    return {str(u): text for u, text in rows.values_list("uuid", "text")}
