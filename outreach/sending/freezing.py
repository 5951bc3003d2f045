"""Fix the words of a message before the first try, so that every try is the same."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Channel
from outreach.models import Message, MessageTemplate, TemplateVersion
from outreach.sms.prices import estimate
from outreach.sms.senders import known_sender
from outreach.writing.links import personal_links
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.rendering import Rendered, render
from outreach.writing.sms_texts import as_taken_by, measured, render_sms

# What ``freeze`` puts on a message, and the intent writes down.
FROZEN = (
    "template_version_id", "subject", "body_text", "body_html", "parts", "encoding",
    "cost_estimate", "cost_currency",
)  # fmt: skip


def is_unwritten(message: Message) -> bool:
    """Return whether its words are still to be found. What was tried stays as it was."""
    return not message.attempt_count and not message.is_letter


def freeze(message: Message, version: TemplateVersion | None) -> None:
    """Put the words on a message that was never tried, and what they cost.

    They are written down with the intent. Raise CannotFillIn when the template does not
    fit or there is none.
    """
    if version is None:
        raise CannotFillIn(_("There is no text to send."))
    message.template_version = version
    for name, value in _columns(message, version).items():
        setattr(message, name, value)


def newest_versions(messages: Iterable[Message]) -> dict[int, TemplateVersion]:
    """Return what each is to say, by message id; those without a template are missing.

    The words of a campaign were fixed when it began. Costs one query.
    """
    messages = list(messages)
    fixed = {
        message.pk: message.template_version
        for message in messages
        if message.campaign_id and message.template_version
    }
    templates = {
        message.pk: template.pk
        for message in messages
        if message.pk not in fixed and (template := _template_of(message))
    }
    newest = {
        version.template_id: version
        for version in TemplateVersion.objects.filter(template__in=templates.values())
        .order_by("template_id", "-number")
        .distinct("template_id")
    }
    return fixed | {
        message_id: newest[template_id]
        for message_id, template_id in templates.items()
        if template_id in newest
    }


def _template_of(message: Message) -> MessageTemplate | None:
    if message.automation:
        return message.automation.template
    return message.template_version.template if message.template_version else None


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
        _with_its_subject(message, version.contents),
        language=message.language,
        purpose=message.kind,
        business=message.business,
        guest=message.guest,
        visit=message.visit,
    )


def _with_its_subject(message: Message, contents: dict[str, Any]) -> dict[str, Any]:
    """Return the contents with the second subject, where that is what it gets."""
    if message.variant != "b" or message.campaign is None:
        return contents
    second = message.campaign.subjects_b
    return {
        code: words | {"subject": second[code]} if second.get(code) else words
        for code, words in contents.items()
    }
