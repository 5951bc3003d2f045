"""Take values back that a guest has from the one who goes their own way again."""

from typing import Any

from django.apps import apps

from customers.merging.giving_back import Chain
from customers.merging.merging import GAVE_AWAY, columns_to_save
from customers.merging.values import column_of, field_of, set_column
from customers.models import Guest, Merge

_REFERENCES = {
    "company_id": "customers.Company",
    "household_id": "customers.Household",
    "photo_id": "files.StoredFile",
}


def take_values_back(chain: Chain) -> list[str]:
    """Restore what the merge changed on whom it kept, and return what stays as it is.

    A field that somebody changed since stays with that guest: nothing shows for whom it
    was meant. Whoever was made of that guest later has the value from there, and loses
    it in the same way.
    """
    merge = chain.merge
    holder = Guest.objects.get(pk=merge.kept_id)
    if GAVE_AWAY in merge.before:
        # Nobody else can have it before.
        Guest.objects.filter(pk=merge.gone_id).update(member_number="")
    changed_since = _changed_since(holder, merge, chain.above)
    restored = {
        name: value
        for name, value in merge.before.items()
        if name != GAVE_AWAY and field_of(name) not in changed_since
    }
    changed_above = _pass_up(chain, restored)
    _write(holder, restored, chain.above)
    _return_number(merge)
    return sorted(changed_since | changed_above)


def _changed_since(holder: Guest, merge: Merge, above: list[Merge]) -> set[str]:
    return {
        field_of(name)
        for name, value in merge.after.items()
        if name != GAVE_AWAY
        and value != merge.before[name]
        and _held(holder, name, above) != value
    }


def _held(holder: Guest, name: str, above: list[Merge]) -> Any:
    if name == "member_number" and above and GAVE_AWAY in above[0].before:
        return above[0].before[GAVE_AWAY]
    return column_of(holder, name)


def _pass_up(chain: Chain, restored: dict[str, Any]) -> set[str]:
    """Take from those above what they took of these values; return what they changed."""
    taken = {name: chain.merge.after[name] for name in restored}
    changed: set[str] = set()
    for place, above in enumerate(chain.above):
        names = {
            name
            for name in restored
            if name in above.after and above.after[name] == taken[name]
        }
        holder = Guest.objects.get(pk=above.kept_id)
        higher = chain.above[place + 1 :]
        since = _changed_since(holder, above, higher) & set(map(field_of, names))
        changed |= since
        restored = {
            name: restored[name] or above.before[name]
            for name in names
            if field_of(name) not in since
        }
        _write(holder, restored, higher)
        above.after |= restored
        above.save(update_fields=["before", "after"])
    return changed


def _write(guest: Guest, values: dict[str, Any], above: list[Merge]) -> None:
    """Set values of a guest; a number they gave away is set where it is remembered."""
    values = dict(values)
    if above and GAVE_AWAY in above[0].before and "member_number" in values:
        above[0].before[GAVE_AWAY] = values.pop("member_number")
        above[0].save(update_fields=["before"])
    for name, value in values.items():
        set_column(guest, name, _still_there(name, value))
    if values:
        guest.save(update_fields=columns_to_save(values))


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
    if others.filter(member_number=number).exclude(member_number="").exists():
        number = ""
    Guest.objects.filter(pk=merge.gone_id).update(member_number=number)
