"""What happens to rows of imports when a guest is merged, exported, forgotten, old."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import (
    Import,
    ImportChange,
    ImportMapping,
    ImportProblem,
    StagedGuest,
    StagedVisit,
)
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_import_policies() -> None:
    register_policy(
        GuestDataPolicy(
            model=ImportChange,
            title=_("What came from the old register"),
            guest_path="guest",
            on_merge=OnMerge.KEEP,
            export=("at", "before"),
            read={"before": say_values},
            on_erase=OnErase.DELETE,
            reason="What they were before an import, kept 90 days to take it back.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=StagedGuest,
            title=_("What waits to come from the old register"),
            guest_path="guest",
            on_merge=OnMerge.KEEP,
            export=(
                "display_name", "given_name", "family_name", "emails", "phones",
                "language", "country", "street", "postal_code", "city", "birthday_day",
                "birthday_month", "company", "member_number", "external_id", "source",
                "is_vip", "note", "tags", "custom", "consents",
            ),
            read={
                **dict.fromkeys(("emails", "phones", "tags"), ", ".join),
                **dict.fromkeys(("custom", "consents"), say_values),
            },
            on_erase=OnErase.DELETE,
            reason="On its way in, for 14 days at most. It is matched anew when it comes.",
        )
    )  # fmt: skip
    register_policy(
        GuestDataPolicy(
            model=StagedVisit,
            title=_("Visits that wait to come from the old register"),
            guest_path="visit__guest",
            on_merge=OnMerge.KEEP,
            export=("venue__name", "kind", "state", "arrival_date", "departure_date"),
            on_erase=OnErase.DELETE,
            reason="On its way in, for 14 days at most.",
        )
    )
    register_impersonal(Import, "A file's name, headings and counts; the file expires.")
    register_impersonal(ImportMapping, "What columns mean, by their headings.")
    register_impersonal(
        ImportProblem,
        "Cells that could not be read, of lines without a guest; gone with the file.",
    )


def say_values(values: Mapping[str, Any] | None) -> str:
    """Return columns and what was in them, one after the other."""
    # When a row was last changed is no value of the guest's.
    said = ((k, v) for k, v in (values or {}).items() if k != "updated_at")
    return ", ".join(f"{name}: {value}" for name, value in said if value)
