"""The house's own fields themselves: made, changed, put in order, archived, brought back.

What guests have in them is read in customers/custom_fields.py.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from customers.custom_fields import current_fields
from customers.models import CustomField, Guest

Kind = CustomField.Kind

# Words that were one of a few can go on as words; nothing else can be told for sure.
_SAFE_CHANGES = {(Kind.CHOICE, Kind.TEXT)}


def count_values(field: CustomField) -> int:
    """Return how many guests have something in this field. Reads the whole register."""
    known = Guest.objects.known().filter(business=field.business_id)
    return known.filter(custom__has_key=str(field.uuid)).count()


def may_become(field: CustomField, kind: str) -> bool:
    """Return whether the field's kind can change without spoiling what is in it."""
    if kind == field.kind or (field.kind, kind) in _SAFE_CHANGES:
        return True
    return count_values(field) == 0


@transaction.atomic
def add_field(
    business: Business,
    *,
    label: str,
    kind: str,
    choices: list[str],
    actor: User,
    now: datetime,
) -> CustomField:
    """Add a field after the others."""
    last = business.custom_fields.aggregate(last=Max("position"))["last"]
    field = CustomField.objects.create(
        business=business,
        label=label,
        kind=kind,
        choices=choices,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    _note(field, "created", actor=actor, now=now)
    return field


@transaction.atomic
def change_field(
    field: CustomField,
    *,
    label: str,
    kind: str,
    choices: list[str],
    actor: User,
    now: datetime,
) -> None:
    """Change a field. Ask ``may_become`` first."""
    field.label, field.kind, field.choices = label, kind, choices
    field.save(update_fields=["label", "kind", "choices"])
    _note(field, "amended", actor=actor, now=now)


@transaction.atomic
def move_field(field: CustomField, *, up: bool) -> None:
    """Let a field change places with the one above or below it, if there is one."""
    business = field.business
    fields = list(current_fields(business).select_for_update())
    if field not in fields:
        return
    here = fields.index(field)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(fields):
        return
    fields[here], fields[there] = fields[there], fields[here]
    for position, moved in enumerate(fields):
        moved.position = position
    CustomField.objects.bulk_update(fields, ["position"])


@transaction.atomic
def archive_field(field: CustomField, *, actor: User, now: datetime) -> None:
    """Hide a field. What guests have in it is kept."""
    _switch(field, is_archived=True, action="archived", actor=actor, now=now)


@transaction.atomic
def bring_field_back(field: CustomField, *, actor: User, now: datetime) -> None:
    """Show an archived field again, with all that is in it."""
    _switch(field, is_archived=False, action="brought_back", actor=actor, now=now)


def _switch(
    field: CustomField, *, is_archived: bool, action: str, actor: User, now: datetime
) -> None:
    if field.is_archived == is_archived:
        return
    field.is_archived = is_archived
    field.save(update_fields=["is_archived"])
    _note(field, action, actor=actor, now=now)


def _note(field: CustomField, action: str, *, actor: User, now: datetime) -> None:
    record_event(
        business=field.business, actor=actor, action=action, subject=field, now=now
    )
