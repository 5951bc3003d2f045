"""The mail with the link of a staff invitation. Plain Django mail, not the engine."""

import logging
import smtplib

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from crm.tenancy.models import StaffInvitation

logger = logging.getLogger(__name__)

TEMPLATE = "emails/staff_invitation"


def invitation_url(token: str) -> str:
    """Return the whole address of the page that a new colleague opens."""
    return settings.SITE_URL + reverse("tenancy_public:invitation", args=[token])


def send_invitation(invitation: StaffInvitation, token: str) -> bool:
    """Send the link in the invitation's language; False when no mail server took it."""
    context = {
        "business": invitation.business,
        "invitation": invitation,
        "inviter": invitation.invited_by,
        "url": invitation_url(token),
    }
    with translation.override(invitation.language):
        mail = EmailMultiAlternatives(
            subject=" ".join(
                render_to_string(f"{TEMPLATE}.subject.txt", context).split()
            ),
            body=render_to_string(f"{TEMPLATE}.txt", context),
            to=[invitation.email],
        )
        mail.attach_alternative(
            render_to_string(f"{TEMPLATE}.html", context), "text/html"
        )
    try:
        mail.send()
    except (OSError, smtplib.SMTPException, AnymailError) as error:
        logger.warning(
            "invitation %s not sent: %s", invitation.pk, type(error).__name__
        )
        return False
    return True
