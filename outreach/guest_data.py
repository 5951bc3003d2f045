"""What happens to messages when their guest is merged, exported, forgotten, old."""

from django.utils.translation import gettext_lazy as _

from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)
from outreach.models import (
    Attempt,
    Automation,
    Heartbeat,
    Message,
    MessageTemplate,
    TemplateVersion,
)


def register_policies() -> None:
    register_impersonal(MessageTemplate, "The house's own words, by name.")
    register_impersonal(TemplateVersion, "The house's own words, before a name is in.")
    register_impersonal(Automation, "A rule of the house.")
    register_impersonal(Heartbeat, "When the machinery last ran.")
    register_policy(
        GuestDataPolicy(
            model=Message,
            called=_("Messages"),
            title=_("What we have sent you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=(
                "channel",
                "kind",
                "to_address",
                "subject",
                "body_text",
                "status",
                "send_at",
                "accepted_at",
            ),
            on_erase=OnErase.BLANK,
            blank={
                "to_address": "",
                "subject": "",
                "body_text": "",
                "body_html": "",
                "letter_links": {},
            },
            keep_months=24,
            reason=(
                "That something was sent, and when, must stay provable; what it said "
                "and to which address goes. The fingerprint keeps a stop in force."
            ),
        )
    )
    register_policy(
        GuestDataPolicy(
            model=Attempt,
            title=_("How sending went"),
            guest_path="message__guest",
            on_merge=OnMerge.KEEP,
            export=(),
            on_erase=OnErase.KEEP,
            reason="Times and codes of a conversation with a mail server.",
        )
    )
