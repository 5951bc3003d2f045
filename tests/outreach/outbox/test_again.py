from outreach.models import Campaign, Message
from outreach.outbox.again import send_again
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_automation, make_message


def test_what_is_sent_again_says_what_the_campaign_said(casa_alba, alba):
    template = make_automation(casa_alba).template
    campaign = Campaign.objects.create(
        business=casa_alba,
        name="Autumn",
        template=template,
        created_at=NOW,
        updated_at=NOW,
    )
    failed = make_message(
        make_guest(casa_alba),
        kind="marketing",
        status=Message.Status.FAILED,
        campaign=campaign,
        variant="b",
        template_version=template.versions.get(),
    )

    repeat = send_again(failed, actor=alba, now=NOW)

    assert (repeat.campaign, repeat.variant) == (campaign, "b")
    assert repeat.template_version == failed.template_version
