"""What upper apps computed of a guest, to be put back as it was when a merge is undone."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from customers.models import Guest
from customers.policies import GuestDataPolicy, OnMerge, policies

Image = dict[str, list[dict[str, Any]]]


def image_of(guest: Guest) -> Image:
    """Return the rows that upper apps compute of ``guest``, by model, as JSON holds them."""
    image = {
        policy.model._meta.label_lower: list(_rows(policy, guest).values())
        for policy in _computed()
    }
    as_json: Image = json.loads(json.dumps(image, cls=DjangoJSONEncoder))
    return as_json


def put_back(guest: Guest, before: Image, after: Image) -> None:
    """Make the rows ``before`` again if they still are as the merge left them."""
    if image_of(guest) != after:
        return
    for policy in _computed():
        label = policy.model._meta.label_lower
        wanted = {row[_key(policy.model)]: row for row in before.get(label, ())}
        _rows(policy, guest).exclude(pk__in=wanted).delete()
    for policy in reversed(_computed()):
        for row in before.get(policy.model._meta.label_lower, ()):
            policy.model._base_manager.update_or_create(
                pk=row[_key(policy.model)], defaults=row
            )


def _computed() -> list[GuestDataPolicy]:
    # The register renews its own at once; see deriving.py.
    return [
        policy
        for policy in policies()
        if policy.on_merge is OnMerge.RECOMPUTE
        and policy.model._meta.app_label != Guest._meta.app_label
    ]


def _rows(policy: GuestDataPolicy, guest: Guest) -> "models.QuerySet[models.Model]":
    rows = policy.model._base_manager.filter(**{policy.guest_path: guest.pk})
    return rows.order_by("pk")


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.attname)
