"""Facts about answers that the apps above react to in the same transaction."""

from django.dispatch import Signal

# args: response, now. A guest has answered. Heard by nobody yet.
response_received = Signal()
