"""Everything the database holds, to compare before and after."""

from django.apps import apps

from customers.policies import policies

# What an undone merge leaves behind: that it was.
LEAVES = {
    "audit.event", "customers.merge", "customers.mergedrow", "customers.matchkeys",
    "customers.duplicatepair", "customers.nameword",
}  # fmt: skip
# When a row was last touched is no part of what it says.
TOUCHED = {"updated_at"}


def dump():
    """Return the rows of every kind that has to do with guests, by model and key."""
    kinds = [policy.model for policy in policies()] + [
        apps.get_model("customers.suppression"),
        apps.get_model("customers.household"),
        apps.get_model("customers.company"),
    ]
    return {
        kind._meta.label_lower: {
            row["pk"]: {k: _plain(v) for k, v in row.items() if k not in TOUCHED}
            for row in kind._base_manager.values("pk", *_columns(kind))
        }
        for kind in kinds
        if kind._meta.label_lower not in LEAVES
    }


def differences(before, after):
    """Return what changed between two dumps: model, key, column, then and now."""
    found = []
    for label in before | after:
        old, new = before.get(label, {}), after.get(label, {})
        for key in old | new:
            a, b = old.get(key), new.get(key)
            if a is None or b is None:
                found.append((label, key, "row", a, b))
                continue
            found += [
                (label, key, name, a[name], b[name]) for name in a if a[name] != b[name]
            ]
    return found


def _columns(kind):
    return [field.attname for field in kind._meta.concrete_fields]


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value
