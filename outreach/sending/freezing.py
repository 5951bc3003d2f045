"""Fix the words of a message before the first try, so that every try is the same."""

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from customers.models import Channel
from outreach.models import Message, MessageTemplate, TemplateVersion
from outreach.sms.prices import estimate
from outreach.sms.senders import known_sender
from outreach.writing.links import personal_links
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.rendering import Rendered, render
from outreach.writing.sms_texts import as_taken_by, measured, render_sms


def freeze(message: Message) -> None:
    """Write the words on a message that was never tried, and what they cost.

    Raise CannotFillIn when the template does not fit or there is none.
    """
    version = _newest_version(message)
    columns = _columns(message, version) | {"template_version": version}
    for name, value in columns.items():
        setattr(message, name, value)
    Message.objects.filter(pk=message.pk, attempt_count=0).update(
        frozen_at=Now(), **columns
    )


def _columns(message: Message, version: TemplateVersion) -> dict[str, Any]:
    if message.channel == Channel.SMS:
        return _sms_columns(message, version)
    rendered = rendered_for(message, version)
    return {
        "subject": rendered.subject,
        "body_text": rendered.text,
        "body_html": rendered.html,
    }


def _sms_columns(message: Message, version: TemplateVersion) -> dict[str, Any]:
    message.body_text = sms_for(message, version)
    sent = measured(message.body_text, personal_links(message))
    account = message.account
    return {
        "subject": "",
        "body_text": message.body_text,
        "body_html": "",
        "parts": sent.parts,
        "encoding": sent.encoding,
        "cost_estimate": estimate(
            sent.parts, message.to_address, account.prices if account else {}
        ),
        "cost_currency": account.currency if account else "",
    }


def sms_for(message: Message, version: TemplateVersion) -> str:
    """Return what ``message`` says as an SMS by ``version``, as its account sends it."""
    if message.guest is None:
        raise CannotFillIn(_("There is no guest to write to."))
    text = render_sms(
        version.contents,
        language=message.language,
        purpose=message.kind,
        business=message.business,
        guest=message.guest,
        visit=message.visit,
        sender=known_sender(message.account),
    )
    return as_taken_by(message.account, text)


def rendered_for(message: Message, version: TemplateVersion) -> Rendered:
    """Return what ``message`` says by ``version``, without writing it down."""
    if message.guest is None:
        raise CannotFillIn(_("There is no guest to write to."))
    return render(
        version.contents,
        language=message.language,
        purpose=message.kind,
        business=message.business,
        guest=message.guest,
        visit=message.visit,
    )


def _newest_version(message: Message) -> TemplateVersion:
    template: MessageTemplate | None = None
    if message.automation:
        template = message.automation.template
    elif message.template_version:
        template = message.template_version.template
    version = template.versions.order_by("-number").first() if template else None
    if version is None:
        raise CannotFillIn(_("There is no text to send."))
    return version
