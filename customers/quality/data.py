"""What happens to what guests were asked, and to what they put right themselves."""

from django.utils.translation import gettext_lazy as _

from customers.models import (
    AskingRules,
    DetailsLink,
    EmailChange,
    FactCheck,
    RegisterCount,
)
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_quality_policies() -> None:
    """Answer for questions, links to one's own details, and changes of address."""
    register_impersonal(AskingRules, "What the house asks everybody.")
    register_impersonal(RegisterCount, "Figures about all guests together.")
    register_policy(
        GuestDataPolicy(
            model=FactCheck,
            called=_("What was made sure of"),
            title=_("What we asked you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE_IF_ABSENT,
            export=("fact", "outcome", "is_by_guest", "checked_at"),
            on_erase=OnErase.DELETE,
            reason="It is about how sure other facts are, and those go.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=DetailsLink,
            title=_("Links to your own details"),
            guest_path="guest",
            on_merge=OnMerge.MOVE_IF_ABSENT,
            export=("created_at", "expires_at", "answered_at"),
            on_erase=OnErase.DELETE,
            reason="A link to somebody who is not there leads nowhere.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=EmailChange,
            title=_("Changes of your email address"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=(
                "old_address", "new_address", "asked_at", "confirmed_at", "refused_at"
            ),
            on_erase=OnErase.DELETE,
            reason="Holds addresses, and is kept only as long as it can be undone.",
        )
    )  # fmt: skip
