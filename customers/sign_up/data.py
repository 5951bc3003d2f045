"""What happens to sign-ups when their guest is merged, exported, forgotten."""

from django.utils.translation import gettext_lazy as _

from customers.models import SignUp, SignUpPage
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)


def register_sign_up_policies() -> None:
    register_impersonal(SignUpPage, "The house's own form.")
    register_policy(
        GuestDataPolicy(
            model=SignUp,
            called=_("Sign-ups"),
            title=_("How you signed up with us"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("page__venue__name", "language", "asked_at", "confirmed_at"),
            on_erase=OnErase.BLANK,
            # Empty since the address was confirmed; here in case it ever is not.
            blank={
                "given_name": "",
                "family_name": "",
                "email": "",
                "phone": "",
                "birthday_month": None,
                "birthday_day": None,
            },
            reason=(
                "Proves when a yes was given, to which words and by which form. What "
                "was typed is the guest's own; unconfirmed sign-ups are deleted."
            ),
        )
    )
