"""A merge in words: what was taken, what moved, and what stayed when it was undone."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.merging.values import labels_for
from customers.models import HealthNeed, Merge
from customers.policies import policy_for

_ELSE = _("Something else")
# Few are to know that there are any.
_CONFIDED = HealthNeed._meta.label_lower


@dataclass(frozen=True, slots=True)
class Told:
    """A kind of thing, and how many of it, or why it was taken."""

    name: str | Promise
    count: int = 0
    rule: str | Promise = ""


def taken_in_words(merge: Merge) -> list[Told]:
    """Return the fields whose value was picked of two that differed, and by which rule."""
    rules = {
        field: rule
        for field, (_picked, rule) in merge.picks.items()
        if rule != Merge.Rule.SAME
    }
    labels = labels_for(set(rules))
    return [
        Told(labels[field], rule=Merge.Rule(rule).label)
        for field, rule in rules.items()
        if field in labels
    ]


def moved_in_words(merge: Merge, *, with_needs: bool) -> list[Told]:
    """Return how many rows of each kind came along. One query."""
    rows = merge.rows.exclude(column__in=("", "is_primary")).order_by()
    counts = rows.values_list("model").annotate(Count("row", distinct=True))
    return _named(dict(counts), with_needs=with_needs)


def left_in_words(merge: Merge, *, with_needs: bool) -> list[Told]:
    """Return what stayed with the guest who was kept when the merge was undone."""
    fields = [one["field"] for one in merge.left if "field" in one]
    labels = labels_for(set(fields))
    rows = {one["model"]: one["count"] for one in merge.left if "model" in one}
    changed = [Told(labels[field]) for field in fields if field in labels]
    return changed + _named(rows, with_needs=with_needs)


def _named(counts: dict[str, int], *, with_needs: bool) -> list[Told]:
    told = [
        Told(_name_of(label), count)
        for label, count in counts.items()
        if with_needs or label != _CONFIDED
    ]
    return sorted(told, key=lambda one: (one.name == _ELSE, str(one.name)))


def _name_of(label: str) -> str | Promise:
    policy = policy_for(apps.get_model(label))
    return policy.called if policy and policy.called else _ELSE
