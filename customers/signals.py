"""Facts about guests and visits that the apps above react to in the same transaction.

Every signal and receiver is listed in docs/decisions.md.
"""

from django.dispatch import Signal

# args: visit, previous_state (None for a new visit), now. Sent after the guest's
# summary is up to date. Heard by loyalty, outreach.
visit_saved = Signal()

# args: guest, now. Personal data is gone. Heard by outreach.
guest_erased = Signal()

# args: sign_up, now. Somebody typed their address into a form. Heard by outreach.
sign_up_asked = Signal()

# args: sign_up, now. The address said that it was them; ``sign_up.guest`` is who they
# are. Heard by outreach.
sign_up_confirmed = Signal()

# args: link, now. A guest is to look through their own details. Heard by outreach.
details_asked = Signal()

# args: change, now. A guest wishes for another email address, which has not said yes
# yet. Heard by outreach.
email_change_asked = Signal()

# args: change, now. The new address counts; the old one is to be told. Heard by outreach.
email_changed = Signal()

# args: kept, gone, now. Two guests became one: what moves has moved, summaries are up to
# date, ``gone`` leads to ``kept``. Heard by loyalty, outreach.
guests_merged = Signal()

# args: kept, gone, now. They are two again, ``kept`` being whoever lives of those that
# ``gone`` was one with. Heard by loyalty.
guests_parted = Signal()

# args: business, guest_ids, is_taken_back, now. Visits of these guests came by an import,
# or went with one: standings follow, and nobody is written to. Heard by loyalty.
visits_imported = Signal()
