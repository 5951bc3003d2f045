"""Name accounts and hours for the log."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business, Staff
from outreach.accounts.offers import offer_of
from outreach.models import ProviderAccount, SendingHours


def register_subjects() -> None:
    register_subject(
        ProviderAccount,
        _("a way to send"),
        page_of=_sending,
        called=_account_names,
        fields={
            "credentials": _("Login"),
            "prices": _("Prices"),
            "currency": _("Currency of the prices"),
            "resends_critical": _("Send important messages once more when in doubt"),
            "warms_up_from": _("Begin slowly"),
        },
        role=Staff.Role.OWNER,
    )
    register_subject(
        SendingHours,
        _("hours for sending"),
        page_of=_hours,
        called=_hours_names,
        role=Staff.Role.OWNER,
    )


def _sending(business: Business, _reference: str) -> str:
    # An account that was given up has no page of its own any more.
    return reverse("outreach:sending", args=[business.slug])


def _hours(business: Business, _reference: str) -> str:
    return reverse("outreach:sending_hours", args=[business.slug])


def _account_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    accounts = business.provider_accounts.filter(uuid__in=references)
    return {str(one.uuid): str(offer_of(one).title) for one in accounts}


def _hours_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.sending_hours.filter(pk__in=references)
    return {
        str(row.pk): f"{row.get_channel_display()}: {row.get_purpose_display()}"
        for row in rows
    }
