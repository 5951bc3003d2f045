"""Facts about guests and visits that the apps above react to in the same transaction.

Every signal and receiver is listed in docs/decisions.md.
"""

from django.dispatch import Signal

# args: visit, previous_state (None for a new visit), now. Sent after the guest's
# summary is up to date. Heard by loyalty, outreach.
visit_saved = Signal()

# args: guest, now. Personal data is gone. Heard by outreach.
guest_erased = Signal()
