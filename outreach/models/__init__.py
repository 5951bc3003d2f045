"""What is sent to guests: the words, the rule, the message, each try, what came back."""

from outreach.models.accounts import ProviderAccount
from outreach.models.alerts import Alert
from outreach.models.automations import Automation
from outreach.models.budgets import ContactBudget
from outreach.models.campaigns import Campaign
from outreach.models.events import DeliveryEvent, InboundMessage, WebhookEvent
from outreach.models.exposures import Exposure
from outreach.models.heartbeats import Heartbeat
from outreach.models.hours import SendingHours
from outreach.models.messages import Attempt, Message
from outreach.models.templates import MessageTemplate, TemplateVersion

__all__ = [
    "Alert",
    "Attempt",
    "Automation",
    "Campaign",
    "ContactBudget",
    "DeliveryEvent",
    "Exposure",
    "Heartbeat",
    "InboundMessage",
    "Message",
    "MessageTemplate",
    "ProviderAccount",
    "SendingHours",
    "TemplateVersion",
    "WebhookEvent",
]
