"""A person decides to send a message once more."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from outreach.models import Message
from outreach.sending.doorbell import ring

# A person waits for it: what could not go by then should be looked at again.
_PATIENCE = timedelta(hours=24)


class CannotSendAgain(Exception):
    """The message is in no state to be sent again, or already was."""


@transaction.atomic
def send_again(message: Message, *, actor: User, now: datetime) -> Message:
    """Write a new message in place of one that failed or may have been sent.

    The old row stays as it is, with what is known about it. Everything is asked again
    before the new one goes. Raise CannotSendAgain, in words for the person.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if not message.may_send_again:
        raise CannotSendAgain(_("This message is not one that can be sent again."))
    if hasattr(message, "resent_as"):
        raise CannotSendAgain(_("It has been sent again already."))
    repeat = Message.objects.create(
        business=message.business,
        occasion=f"again:{message.uuid}",
        channel=message.channel,
        kind=message.kind,
        guest=message.guest,
        visit=message.visit,
        automation=message.automation,
        campaign=message.campaign,
        variant=message.variant,
        survey_invitation=message.survey_invitation,
        resend_of=message,
        language=message.language,
        template_version=message.template_version,
        schedule_zone=message.schedule_zone,
        send_at=now,
        expires_at=now + _PATIENCE,
        created_at=now,
        updated_at=now,
    )
    record_event(
        business=message.business,
        actor=actor,
        action="sent_again",
        subject=message,
        now=now,
    )
    ring()
    return repeat
