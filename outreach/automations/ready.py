"""The automations that are ready to be chosen, off until somebody does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.tenancy.models import Business
from customers.models import Channel, Purpose, Visit
from outreach.automations import ready_words
from outreach.automations.ready_words import Words, contents_of
from outreach.models import Automation, MessageTemplate, TemplateVersion

Trigger = Automation.Trigger
_TEN = time(10)
_EMAIL = [Channel.EMAIL.value]
_SMS_FIRST = [Channel.SMS.value, Channel.EMAIL.value]


@dataclass(frozen=True, slots=True)
class Ready:
    """An automation to choose: its name and purpose, what it says, and its rule."""

    key: str
    name: Callable[[], str]
    purpose: str
    words: Words
    rule: dict[str, Any]

    @property
    def title(self) -> str:
        return self.name()


READY = (
    Ready(
        "after_stay",
        lambda: _("Thank you, and how was it?"),
        Purpose.SURVEY,
        ready_words.AFTER_STAY,
        {"delay_days": 1, "local_time": _TEN},
    ),
    Ready(
        "after_meal",
        lambda: _("Thank you, and how was the meal?"),
        Purpose.SURVEY,
        ready_words.AFTER_MEAL,
        {"delay_days": 1, "local_time": _TEN, "visit_kinds": [Visit.Kind.TABLE.value]},
    ),
    Ready(
        "after_tour",
        lambda: _("Thank you, and how was the tour?"),
        Purpose.SURVEY,
        ready_words.AFTER_TOUR,
        {"delay_days": 1, "local_time": _TEN, "visit_kinds": [Visit.Kind.TOUR.value]},
    ),
    Ready(
        "pulse",
        lambda: _("Is everything as you like it?"),
        Purpose.SERVICE,
        ready_words.PULSE,
        {
            "trigger": Trigger.IN_HOUSE,
            "number": 1,
            "local_time": _TEN,
            "delay_days": 0,
            "expires_after_hours": 8,
            "visit_kinds": [Visit.Kind.STAY.value],
            "channels": _SMS_FIRST,
        },
    ),
    Ready(
        "before_arrival",
        lambda: _("Before arrival: what should we know?"),
        Purpose.SERVICE,
        ready_words.BEFORE_ARRIVAL,
        {
            "trigger": Trigger.BEFORE_ARRIVAL,
            "number": 5,
            "local_time": _TEN,
            "delay_days": 0,
        },
    ),
    Ready(
        "welcome",
        lambda: _("Welcome, after the first visit"),
        Purpose.MARKETING,
        ready_words.WELCOME,
        {"trigger": Trigger.FIRST_VISIT, "delay_days": 7, "local_time": _TEN},
    ),
    Ready(
        "birthday",
        lambda: _("Happy birthday"),
        Purpose.MARKETING,
        ready_words.BIRTHDAY,
        {
            "trigger": Trigger.BIRTHDAY,
            "delay_days": 0,
            "local_time": _TEN,
            "expires_after_hours": 12,
        },
    ),
    Ready(
        "come_back",
        lambda: _("Come back"),
        Purpose.MARKETING,
        ready_words.COME_BACK,
        {"trigger": Trigger.QUIET, "delay_days": 0, "local_time": _TEN},
    ),
    Ready(
        "reminder",
        lambda: _("The reminder they asked for"),
        Purpose.SERVICE,
        ready_words.REMINDER,
        {"trigger": Trigger.REMINDER, "delay_days": 0, "local_time": _TEN},
    ),
    Ready(
        "anniversary",
        lambda: _("Anniversary of the first visit"),
        Purpose.MARKETING,
        ready_words.ANNIVERSARY,
        {"trigger": Trigger.ANNIVERSARY, "delay_days": 0, "local_time": _TEN},
    ),
    Ready(
        "no_show",
        lambda: _("We missed you"),
        Purpose.SERVICE,
        ready_words.NO_SHOW,
        {"trigger": Trigger.NO_SHOW, "delay_days": 1, "local_time": _TEN},
    ),
)
_BY_KEY = {each.key: each for each in READY}


@transaction.atomic
def create_ready_automation(
    business: Business, key: str = "after_stay", *, now: datetime
) -> Automation:
    """Create the ready automation ``key``, switched off until somebody chooses it, with
    words in every guest language. Raise KeyError for one that is not ready.
    """
    ready = _BY_KEY[key]
    with translation.override(business.language):
        name = ready.name()
    template = MessageTemplate.objects.create(
        business=business,
        name=name,
        purpose=ready.purpose,
        ready_key=key,
        created_at=now,
    )
    TemplateVersion.objects.create(
        business=business,
        template=template,
        number=1,
        contents=contents_of(ready.words),
        created_at=now,
    )
    is_survey = ready.purpose == Purpose.SURVEY
    survey = business.surveys.order_by("pk").first() if is_survey else None
    return Automation.objects.create(
        business=business,
        name=name,
        template=template,
        survey=survey,
        ready_key=key,
        created_at=now,
        **ready.rule,
    )


@transaction.atomic
def take_ready(business: Business, key: str, *, now: datetime) -> Automation:
    """Return the house's own of the ready automation ``key``, made if it has none.

    Two who take it at once get the same. Raise KeyError for one that is not ready.
    """
    Business.objects.select_for_update().get(pk=business.pk)
    own = business.automations.filter(ready_key=key).order_by("pk").first()
    return own or create_ready_automation(business, key, now=now)


def still_to_choose(business: Business) -> list[Ready]:
    """Return the ready automations that the house has none of yet."""
    taken = set(business.automations.values_list("ready_key", flat=True))
    asks = business.automations.filter(trigger=Trigger.COMPLETED, survey__isnull=False)
    if asks.exists():
        taken.add("after_stay")
    return [ready for ready in READY if ready.key not in taken]
