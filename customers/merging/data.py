"""What happens to what is kept about merges, so that they can be undone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Merge, MergedRow
from customers.policies import GuestDataPolicy, OnErase, OnMerge, register_policy


def register_merge_policies() -> None:
    register_policy(
        GuestDataPolicy(
            model=Merge,
            title=_("When two entries about you became one"),
            guest_path="kept",
            on_merge=OnMerge.KEEP,
            export=("at", "undone_at", "before", "after"),
            read={"before": say_values, "after": say_values},
            on_erase=OnErase.DELETE,
            reason=(
                "Values from before are kept so that it can be undone. Who is forgotten "
                "is forgotten under each of their entries."
            ),
        )
    )
    register_policy(
        GuestDataPolicy(
            model=MergedRow,
            title=_("What belonged to which entry"),
            guest_path="merge__kept",
            on_merge=OnMerge.KEEP,
            export=(),
            on_erase=OnErase.DELETE,
            reason="Numbers of rows, which say nothing without them.",
        )
    )


def say_values(values: dict[str, Any]) -> str:
    """Return columns and what was in them, one after the other."""
    return ", ".join(f"{name}: {value}" for name, value in values.items() if value)
