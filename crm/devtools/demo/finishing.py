"""What is computed from the rows once all of them are there, by the product's own code."""

from datetime import timedelta

from django.db import connection

from crm.devtools.demo.houses import House
from crm.devtools.demo.texting import text_arrivals
from customers.searching.lines import begin_lines
from customers.summaries import refresh_summaries
from loyalty.memberships import rebuild_memberships
from outreach.models import Message
from outreach.sending.freezing import rendered_for

# Older messages keep their subject alone; that is what people look for in them.
_WORDS_KEPT = timedelta(days=4)
_MOST_MESSAGES = 200

# The tier that an asked guest had at that moment stays with the question.
_STAMP_TIERS = """
UPDATE surveys_invitation AS invitation SET tier_at_sending = tier.name
FROM loyalty_membership AS membership, loyalty_tier AS tier
WHERE invitation.business_id = %s AND invitation.sent_at IS NOT NULL
  AND membership.guest_id = invitation.guest_id
  AND tier.id = (
      SELECT change.to_tier_id FROM loyalty_tierchange AS change
      WHERE change.membership_id = membership.id AND change.at <= invitation.sent_at
      ORDER BY change.at DESC, change.id DESC LIMIT 1
  )
"""


def finish(house: House) -> None:
    """Bring summaries, memberships and the newest messages up to date."""
    refresh_summaries(house.business)
    begin_lines(house.business)
    rebuild_memberships(house.business, today=house.today, now=house.now)
    with connection.cursor() as cursor:
        cursor.execute(_STAMP_TIERS, [house.business.pk])
    _write_newest_words(house)
    text_arrivals(house)


def _write_newest_words(house: House) -> None:
    """Write the newest messages out in full, as the engine froze them."""
    messages = (
        house.business.messages.filter(
            frozen_at__gt=house.now - _WORDS_KEPT, template_version__isnull=False
        )
        .select_related("business", "guest", "visit__venue", "template_version")
        .order_by("-frozen_at", "-pk")[:_MOST_MESSAGES]
    )
    for message in messages:
        version = message.template_version
        if version is None:
            continue
        words = rendered_for(message, version)
        message.subject = words.subject
        message.body_text, message.body_html = words.text, words.html
    Message.objects.bulk_update(messages, ["subject", "body_text", "body_html"])
