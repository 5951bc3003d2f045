from datetime import timedelta

from outreach.events.expiry import expire_calls
from outreach.models import DeliveryEvent, WebhookEvent
from tests.factories import NOW, make_guest
from tests.outreach.events.builders import make_mail_account, make_sent


def test_calls_go_after_their_days_and_what_they_meant_stays(casa_alba, settings):
    settings.WEBHOOK_KEEP_DAYS = 30
    account = make_mail_account(casa_alba)
    message = make_sent(account, make_guest(casa_alba))
    old, young = (
        WebhookEvent.objects.create(
            business=casa_alba,
            account=account,
            kind="tracking",
            digest=bytes([days]) * 32,
            body=b"{}",
            received_at=NOW - timedelta(days=days, minutes=1),
        )
        for days in (30, 29)
    )
    DeliveryEvent.objects.create(
        business=casa_alba,
        message=message,
        kind="delivered",
        at=NOW,
        source=old,
        noted_at=NOW,
    )

    assert expire_calls(now=NOW) == 1

    assert list(WebhookEvent.objects.all()) == [young]
    assert DeliveryEvent.objects.get().source is None
