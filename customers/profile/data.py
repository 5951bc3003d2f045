"""What happens to what the house added to a guest: tags, notes, fields of its own."""

from django.utils.translation import gettext_lazy as _

from customers.models import (
    Company,
    CustomField,
    GuestTag,
    Household,
    Note,
    NoteVersion,
    Segment,
    Tag,
)
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_profile_policies() -> None:
    """Answer for companies, households, tags, fields and notes."""
    register_impersonal(Company, "A firm. Who comes from it stands on the guest.")
    register_impersonal(Household, "A number that guests share. It names nobody.")
    register_impersonal(Segment, "The house's own questions about all its guests.")
    register_impersonal(Tag, "The house's own words and rules.")
    register_impersonal(CustomField, "The house's own questions; answers are on Guest.")
    register_policy(
        GuestDataPolicy(
            model=GuestTag,
            called=_("Tags"),
            title=_("Words we put on you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE_IF_ABSENT,
            export=("tag__name", "given_at"),
            on_erase=OnErase.DELETE,
            reason="It says something about the person, and nothing hangs on it.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=Note,
            called=_("Notes"),
            title=_("What we wrote down about you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("text", "venue__name", "created_at", "edited_at", "removed_at"),
            on_erase=OnErase.DELETE,
            reason="Free words about a person.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=NoteVersion,
            title=_("How our notes read before"),
            guest_path="note__guest",
            on_merge=OnMerge.KEEP,
            export=("number", "text", "written_at"),
            on_erase=OnErase.DELETE,
            reason="Free words about a person.",
        )
    )
