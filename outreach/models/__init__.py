"""What is sent to guests: the words, the rule, the message, each try, what came back."""

from outreach.models.accounts import ProviderAccount
from outreach.models.alerts import Alert
from outreach.models.events import DeliveryEvent, InboundMessage, WebhookEvent
from outreach.models.heartbeats import Heartbeat
from outreach.models.hours import SendingHours
from outreach.models.messages import Attempt, Message
from outreach.models.templates import Automation, MessageTemplate, TemplateVersion

__all__ = [
    "Alert",
    "Attempt",
    "Automation",
    "DeliveryEvent",
    "Heartbeat",
    "InboundMessage",
    "Message",
    "MessageTemplate",
    "ProviderAccount",
    "SendingHours",
    "TemplateVersion",
    "WebhookEvent",
]
