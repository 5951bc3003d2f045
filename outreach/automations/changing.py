"""Change automations and templates, and leave a trace of who did."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.forms import ModelForm

from crm.accounts.models import User
from crm.audit.events import record_event
from outreach.models import Automation, MessageTemplate, TemplateVersion

# What says whom it is about, and when.
_ABOUT = frozenset({"trigger", "number", "segment", "visit_kinds", "venues"})


@transaction.atomic
def switch(automation: Automation, *, on: bool, actor: User, now: datetime) -> None:
    """Switch an automation on or off.

    Switched on, it follows what happens from now on: what happened before it was on
    sets nothing off. Switched off, what it had planned does not go.
    """
    if automation.is_active == on:
        return
    automation.is_active = on
    automation.activated_at = now if on else automation.activated_at
    automation.planned_on = None
    automation.save(update_fields=["is_active", "activated_at", "planned_on"])
    record_event(
        business=automation.business,
        actor=actor,
        action="switched_on" if on else "switched_off",
        subject=automation,
        now=now,
    )


@transaction.atomic
def save_sentence(form: ModelForm, *, actor: User, now: datetime) -> Automation:
    """Save what a valid form says of an automation.

    One that is on and is about something else now is as if switched on just now.
    """
    automation: Automation = form.instance
    is_new = automation.pk is None
    if automation.is_active and _ABOUT & set(form.changed_data):
        automation.activated_at = now
    automation.planned_on = None
    form.save()
    record_event(
        business=automation.business,
        actor=actor,
        action="created" if is_new else "amended",
        subject=automation,
        fields=[name for name in form.changed_data if name != "seen"],
        now=now,
    )
    return automation


@transaction.atomic
def save_words(
    template: MessageTemplate, contents: dict[str, Any], *, actor: User, now: datetime
) -> TemplateVersion:
    """Add a version with new words. Earlier ones stay as they were sent.

    Saying the same again adds nothing.
    """
    MessageTemplate.objects.select_for_update().get(pk=template.pk)
    newest = template.versions.order_by("-number").first()
    if newest and newest.contents == contents:
        return newest
    numbers = template.versions.aggregate(newest=Max("number"))
    version = TemplateVersion.objects.create(
        business=template.business,
        template=template,
        number=(numbers["newest"] or 0) + 1,
        contents=contents,
        created_at=now,
        created_by=actor,
    )
    record_event(
        business=template.business,
        actor=actor,
        action="amended",
        subject=template,
        fields=["contents"],
        now=now,
    )
    return version
