"""Take values back that a guest has from the one who goes their own way again."""

from typing import Any

from django.apps import apps

from customers.merging.merging import GAVE_AWAY, columns_to_save
from customers.merging.values import column_of, field_of, set_column
from customers.models import Guest, Merge

_REFERENCES = {
    "company_id": "customers.Company",
    "household_id": "customers.Household",
    "photo_id": "files.StoredFile",
}


def take_values_back(merge: Merge) -> set[str]:
    """Restore what the merge changed on whom it kept, and return what stays as it is.

    A field that somebody changed since stays with that guest: nothing shows for whom it
    was meant.
    """
    kept = merge.kept
    if GAVE_AWAY in merge.before:
        # Nobody else can have it before.
        Guest.objects.filter(pk=merge.gone_id).update(member_number="")
    changed = {
        field_of(name)
        for name, value in merge.after.items()
        if name != GAVE_AWAY
        and value != merge.before[name]
        and column_of(kept, name) != value
    }
    restored = {
        name: _still_there(name, value)
        for name, value in merge.before.items()
        if name != GAVE_AWAY and field_of(name) not in changed
    }
    for name, value in restored.items():
        set_column(kept, name, value)
    if restored:
        kept.save(update_fields=columns_to_save(restored))
    _return_number(merge)
    return changed


def _still_there(name: str, value: Any) -> Any:
    """Return a reference, or None when what it led to is gone."""
    if value is None or name not in _REFERENCES:
        return value
    model = apps.get_model(_REFERENCES[name])
    return value if model._base_manager.filter(pk=value).exists() else None


def _return_number(merge: Merge) -> None:
    """Give ``gone`` their number back, unless somebody else has it by now."""
    number = merge.before.get(GAVE_AWAY)
    if number is None:
        return
    others = merge.business.guests.exclude(pk=merge.gone_id)
    if number and others.filter(member_number=number).exists():
        number = ""
    Guest.objects.filter(pk=merge.gone_id).update(member_number=number)
