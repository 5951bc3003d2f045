"""What happens to what is kept about guests who look alike."""

from django.utils.translation import gettext_lazy as _

from customers.models import DuplicatePair, DuplicateRules, Guest, MatchKeys
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_duplicate_policies() -> None:
    register_policy(
        GuestDataPolicy(
            model=MatchKeys,
            title=_("How search finds you"),
            guest_path="guest",
            on_merge=OnMerge.RECOMPUTE,
            export=(),
            on_erase=OnErase.DELETE,
            reason="Derived from the name and the addresses, which are in the copy.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=DuplicatePair,
            title=_("Others who look like you"),
            guest_path="first",
            other_guest_paths=("second",),
            # What was said of a guest holds for whoever they become: the pointer of
            # the merge is followed when it is read, and undoing needs nothing here.
            on_merge=OnMerge.KEEP,
            export=(),
            on_erase=OnErase.DELETE,
            reason="A guess that two rows are one person; it tells of another guest.",
        )
    )
    register_impersonal(DuplicateRules, "Two numbers and a switch of the house.")


def drop_pairs(guest: Guest) -> None:
    """Delete every pair in which ``guest`` is, whichever place they have in it."""
    guest.pairs_as_first.all().delete()
    guest.pairs_as_second.all().delete()
