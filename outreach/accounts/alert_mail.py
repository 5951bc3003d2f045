"""The mail to the owners about an account that stands still. Plain Django mail."""

import logging
import smtplib

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from crm.accounts.models import User
from crm.tenancy.models import Staff
from outreach.models import Alert

logger = logging.getLogger(__name__)

_TEMPLATE = "emails/sending_trouble"


def write_to_owners(alert: Alert) -> bool:
    """Write to every owner in their language; False when no mail server took any."""
    owners = alert.business.staff.select_related("user").filter(
        role=Staff.Role.OWNER, user__is_active=True
    )
    # One who cannot be reached keeps nobody from the rest.
    taken = [_write(alert, one.user) for one in owners.order_by("pk")]
    return any(taken)


def _write(alert: Alert, owner: User) -> bool:
    path = reverse("outreach:health", args=[alert.business.slug])
    context = {
        "alert": alert,
        "business": alert.business,
        "minutes": settings.ALERT_AFTER_MINUTES,
        "url": f"{settings.SITE_URL}{path}",
    }
    with translation.override(owner.language):
        subject = render_to_string(f"{_TEMPLATE}.subject.txt", context)
        mail = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string(f"{_TEMPLATE}.txt", context),
            to=[owner.email],
        )
        html = render_to_string(f"{_TEMPLATE}.html", context)
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException, AnymailError) as error:
        logger.warning("alert %s not sent: %s", alert.pk, type(error).__name__)
        return False
    return True
