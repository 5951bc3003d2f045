"""What happens to wishes, promises, needs and agreements."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import (
    Agreement,
    HealthNeed,
    LinePair,
    NextVisit,
    PolicyStep,
    PolicyTick,
    Preference,
    PreferenceKind,
    Promise,
    VisitLine,
)
from customers.needs.health_needs import say_sealed
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_care_policies() -> None:
    """Answer for what guests like and need, and for what we promised and did."""
    register_impersonal(PreferenceKind, "The house's own words.")
    register_impersonal(PolicyStep, "The house's own checklist.")
    register_impersonal(LinePair, "Counts over at least 20 visits.")
    _answer_for_visit_details()
    _answer_for_wishes()
    _answer_for_needs()


def _answer_for_visit_details() -> None:
    register_policy(
        GuestDataPolicy(
            model=VisitLine,
            title=_("What you had"),
            guest_path="visit__guest",
            on_merge=OnMerge.KEEP,
            export=("category", "name", "quantity", "amount"),
            on_erase=OnErase.KEEP,
            reason="The bill of a visit that no longer leads to anybody.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=NextVisit,
            title=_("What you said about coming again"),
            guest_path="visit__guest",
            on_merge=OnMerge.KEEP,
            export=("answer", "remind_on", "asked_at"),
            on_erase=OnErase.DELETE,
            reason="A wish about the future of a person who asked to be forgotten.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=PolicyTick,
            title=_("What we did for you"),
            guest_path="visit__guest",
            on_merge=OnMerge.KEEP,
            export=("step__text", "done_at"),
            on_erase=OnErase.KEEP,
            reason="How well the house follows its own checklist; says nothing of guests.",
        )
    )


def _answer_for_wishes() -> None:
    register_policy(
        GuestDataPolicy(
            model=Preference,
            called=_("Wishes"),
            title=_("What you like"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=(
                "kind__name", "wish", "said_by", "lasts", "confirmed_on", "noted_at",
                "ended_at",
            ),
            on_erase=OnErase.BLANK,
            blank={"wish": ""},
            reason="Whether promises are kept is counted over them.",
        )
    )  # fmt: skip
    register_policy(
        GuestDataPolicy(
            model=Promise,
            called=_("Promises"),
            title=_("What we promised you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("kind", "text", "made_at", "outcome", "reason", "settled_at"),
            on_erase=OnErase.BLANK,
            blank={"text": "", "reason": ""},
            reason="How many were kept stays in the figures; what they were does not.",
        )
    )


def _answer_for_needs() -> None:
    register_policy(
        GuestDataPolicy(
            model=Agreement,
            title=_("What else you agreed to"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("subject", "is_granted", "wording", "source", "at"),
            confided=Q(subject=Agreement.Subject.HEALTH),
            on_erase=OnErase.KEEP,
            reason="Must prove what was allowed when it was done; names nobody.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=HealthNeed,
            called=_("Health needs"),
            title=_("Allergies and other needs"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("sealed", "visit__arrival_date", "noted_at"),
            read={"sealed": say_sealed},
            confided=Q(pk__isnull=False),
            on_erase=OnErase.DELETE,
            reason="Health data, kept for the guest's own sake alone.",
        )
    )
