"""What happens to answers when their guest is merged, exported, forgotten, old."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)
from surveys.models import (
    Answer,
    Invitation,
    Question,
    Response,
    Survey,
    SurveyVersion,
)


def register_policies() -> None:
    register_impersonal(Survey, "The house's questions, by name.")
    register_impersonal(SurveyVersion, "The house's own words.")
    register_impersonal(Question, "The house's own words.")
    register_policy(
        GuestDataPolicy(
            model=Invitation,
            called=_("Surveys"),
            title=_("What we asked you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("language", "created_at", "sent_at", "tier_at_sending"),
            on_erase=OnErase.BLANK,
            blank={"guest": None, "visit": None},
            keep_months=24,
            reason="Old response rates stay right; who was asked is forgotten.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=Response,
            title=_("When you answered"),
            guest_path="invitation__guest",
            on_merge=OnMerge.KEEP,
            export=("language", "submitted_at"),
            on_erase=OnErase.KEEP,
            reason="Points at the invitation, which no longer knows the guest.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=Answer,
            title=_("Your answers"),
            guest_path="response__invitation__guest",
            on_merge=OnMerge.KEEP,
            export=("number", "text"),
            on_erase=OnErase.DELETE,
            erase_only=Q(number=None),
            reason="Numbers count on without a name; words may hold one, so they go.",
        )
    )
