"""What happens while sending, for whoever must know: tests, and the demo."""

from django.dispatch import Signal

# Steps are named so that tests can stop the process at any of them.
# args: step, message_id (None where there is no single message). Heard by nobody in the
# product. Steps in order: claimed, rendered, before_intent, after_intent,
# before_data_end, after_accept, before_result, after_result; and in_reaper, in_resolver.
sending_step = Signal()

# args: to, from_name, text. An SMS that left nobody: the simulator took it.
sms_simulated = Signal()
