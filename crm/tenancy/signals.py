"""Facts about businesses that the apps above react to in the same transaction."""

from django.dispatch import Signal

# args: business, now. Heard by customers, loyalty, surveys, outreach: each sets up
# what a new house needs.
business_created = Signal()

# args: business, actor, action, subject, fields, now. Settings, venues, staff or
# invitations changed. Heard by audit, which writes it down, and by outreach, whose
# messages follow the clock.
house_changed = Signal()
