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
    Alert,
    Attempt,
    Automation,
    Campaign,
    ContactBudget,
    DeliveryEvent,
    Exposure,
    Heartbeat,
    InboundMessage,
    Message,
    MessageTemplate,
    ProviderAccount,
    SendingHours,
    TemplateVersion,
    WebhookEvent,
)


def register_policies() -> None:
    _register_rules()
    _register_messages()
    _register_comparison()
    _register_what_came_back()


def _register_rules() -> None:
    register_impersonal(MessageTemplate, "The house's own words, by name.")
    register_impersonal(TemplateVersion, "The house's own words, before a name is in.")
    register_impersonal(Automation, "A rule of the house.")
    register_impersonal(Campaign, "What the house says to many at once.")
    register_impersonal(ContactBudget, "A rule of the house.")
    register_impersonal(Heartbeat, "When the machinery last ran.")
    register_impersonal(ProviderAccount, "The house's account with a provider.")
    register_impersonal(SendingHours, "A rule of the house.")
    register_impersonal(Alert, "When an account of the house stood still.")


def _register_messages() -> None:
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


def _register_comparison() -> None:
    register_policy(
        GuestDataPolicy(
            model=Exposure,
            called=_("Comparison groups"),
            title=_("Whether we left you out of a message, to see what it changes"),
            guest_path="guest",
            on_merge=OnMerge.MOVE_IF_ABSENT,
            export=("automation__name", "is_control", "at"),
            on_erase=OnErase.DELETE,
            reason="What is counted already stays counted; who it was goes.",
        )
    )


def _register_what_came_back() -> None:
    register_policy(
        GuestDataPolicy(
            model=WebhookEvent,
            title=_("What providers told about it, as it came"),
            guest_path="message__guest",
            on_merge=OnMerge.KEEP,
            export=(),
            on_erase=OnErase.DELETE,
            reason="It names the address, and was understood when it came.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=DeliveryEvent,
            title=_("What became of what we sent"),
            guest_path="message__guest",
            on_merge=OnMerge.KEEP,
            export=("kind", "at"),
            on_erase=OnErase.KEEP,
            reason="Times and codes of a provider.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=InboundMessage,
            title=_("What you have sent us"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=("channel", "from_address", "subject", "body", "received_at"),
            on_erase=OnErase.BLANK,
            blank={
                "from_address": "",
                "from_hash": None,
                "subject": "",
                "body": "",
            },
            keep_months=24,
            reason="That something came in stays countable; what it said goes.",
        )
    )
