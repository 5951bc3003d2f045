"""Fix the words of a message before the first try, so that every try is the same."""

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from outreach.models import Message, MessageTemplate, TemplateVersion
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.rendering import Rendered, render


def freeze(message: Message) -> None:
    """Write subject and bodies on a message that was never tried.

    Raise CannotFillIn when the template does not fit or there is none.
    """
    version = _newest_version(message)
    rendered = rendered_for(message, version)
    message.template_version = version
    message.subject = rendered.subject
    message.body_text, message.body_html = rendered.text, rendered.html
    Message.objects.filter(pk=message.pk, attempt_count=0).update(
        template_version=version,
        subject=rendered.subject,
        body_text=rendered.text,
        body_html=rendered.html,
        frozen_at=Now(),
    )


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
