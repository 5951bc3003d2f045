"""What happens to memberships when their guest is merged, exported, forgotten, old."""

from django.utils.translation import gettext_lazy as _

from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)
from loyalty.models import Membership, Program, Tier, TierChange


def register_policies() -> None:
    register_impersonal(Program, "The house's own rules.")
    register_impersonal(Tier, "The house's own ladder.")
    register_policy(
        GuestDataPolicy(
            model=Membership,
            title=_("Your place in the loyalty program"),
            guest_path="guest",
            on_merge=OnMerge.RECOMPUTE,
            export=("tier__name", "joined_at", "tier_since", "visits_in_window"),
            on_erase=OnErase.DELETE,
            reason="Follows from the visits; without a guest there is no member.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=TierChange,
            title=_("Your tiers over time"),
            guest_path="membership__guest",
            on_merge=OnMerge.RECOMPUTE,
            export=("from_tier__name", "to_tier__name", "reason", "at"),
            on_erase=OnErase.DELETE,
            reason="The history of a membership goes with it.",
        )
    )
