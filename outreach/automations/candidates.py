"""What an automation may write about in some days, whatever sets it off."""

from collections.abc import Iterator

from outreach.automations.occasions import guest_candidates
from outreach.automations.triggers import (
    STATE_OF,
    Candidate,
    Window,
    visit_candidates,
)
from outreach.models import Automation


def candidates(automation: Automation, window: Window) -> Iterator[Candidate]:
    """Yield what there is to write about on the days of ``window``.

    Raise NobodyIsMeant where the segment of the automation makes no sense any more.
    """
    if automation.trigger in STATE_OF:
        return visit_candidates(automation, window)
    return guest_candidates(automation, window)
