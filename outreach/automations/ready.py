"""The message and the automation a new house starts with."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.core.languages import in_guest_languages
from crm.tenancy.models import Business
from customers.models import Purpose
from outreach.models import Automation, MessageTemplate, TemplateVersion


@transaction.atomic
def create_ready_automation(business: Business, *, now: datetime) -> Automation:
    """Create "Thank you, and how was it?", switched off until somebody chooses it."""
    with translation.override(business.language):
        name = _("Thank you, and how was it?")
    template = MessageTemplate.objects.create(
        business=business,
        name=name,
        purpose=Purpose.SURVEY,
        created_at=now,
    )
    TemplateVersion.objects.create(
        business=business,
        template=template,
        number=1,
        contents=ready_contents(),
        created_at=now,
    )
    return Automation.objects.create(
        business=business,
        name=template.name,
        template=template,
        survey=business.surveys.order_by("pk").first(),
        delay_days=1,
        local_time=time(10),
        created_at=now,
    )


def ready_contents() -> dict[str, Any]:
    """Return the thank-you in every guest language. Field names are never translated."""
    subjects = in_guest_languages(lambda: _("Thank you for coming. How was it?"))
    previews = in_guest_languages(lambda: _("Three short questions, one minute."))
    headings = in_guest_languages(lambda: _("Thank you for coming"))
    texts = in_guest_languages(
        lambda: _(
            "{{ greeting }},\n\nit was good to have you at {{ venue.name }}. Would you "
            "tell us how it was? It takes a minute, and a person reads every answer."
        )
    )
    buttons = in_guest_languages(lambda: _("Tell us how it was"))
    closings = in_guest_languages(
        lambda: _("We hope to see you again.\n\n{{ business.name }}")
    )
    short = in_guest_languages(
        lambda: _(
            "{{ greeting }}, thank you for coming to {{ venue.name }}. How was it? "
            "{{ survey_link }}"
        )
    )
    return {
        code: {
            "subject": subject,
            "preview": previews[code],
            "blocks": [
                {"type": "heading", "text": headings[code]},
                {"type": "text", "text": texts[code]},
                {"type": "button", "text": buttons[code], "link": "survey"},
                {"type": "text", "text": closings[code]},
            ],
            "sms": {"text": short[code]},
        }
        for code, subject in subjects.items()
    }
