from dataclasses import replace

import pytest

from crm.core.signing import address_hash
from customers.models import Channel, ContactPoint, Purpose, Suppression
from customers.suppressions import suppress
from outreach.deciding.decision import Permission
from outreach.deciding.facts import facts_about, load_facts
from outreach.models import Message
from tests.factories import NOW, allow, make_guest
from tests.outreach.builders import make_message
from tests.outreach.sms.builders import make_sms, make_sms_account

MOBILE, OTHER_MOBILE, LANDLINE = "+4740612345", "+4791234567", "+4757871234"


def facts_of(message):
    return load_facts([message])[message.pk]


def test_an_sms_goes_to_the_mobile_as_it_is_dialled(casa_alba):
    make_sms_account(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",), phones=("406 12 345",))

    facts = facts_of(make_sms(nora))

    assert (facts.channel, facts.address) == ("sms", MOBILE)
    assert facts.fingerprint == address_hash("sms", MOBILE)
    assert (facts.is_landline, facts.is_relay, facts.has_account) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("phones", "address", "is_landline"),
    [
        ((LANDLINE, MOBILE), MOBILE, False),
        ((OTHER_MOBILE, MOBILE), OTHER_MOBILE, False),
        ((LANDLINE,), "", True),
        ((), "", False),
    ],
    ids=["past a landline", "the first", "only a landline", "none"],
)
def test_the_first_number_that_takes_sms_is_used(
    casa_alba, phones, address, is_landline
):
    nora = make_guest(casa_alba, phones=phones)

    facts = facts_of(make_sms(nora))

    assert (facts.address, facts.is_landline) == (address, is_landline)


def test_the_primary_number_comes_first(casa_alba):
    nora = make_guest(casa_alba, phones=(OTHER_MOBILE, MOBILE))
    numbers = nora.contact_points.filter(kind=ContactPoint.Kind.PHONE)
    numbers.update(is_primary=False)
    numbers.filter(normalized=MOBILE).update(is_primary=True)

    assert facts_of(make_sms(nora)).address == MOBILE


def test_a_yes_and_a_no_are_of_one_channel(casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",), phones=(MOBILE,))
    allow(nora, Purpose.MARKETING, channel=Channel.SMS)
    suppress(
        business=casa_alba,
        channel=Channel.SMS,
        fingerprint=address_hash("sms", MOBILE),
        scope=Suppression.Scope.SURVEY,
        reason=Suppression.Reason.UNSUBSCRIBED,
        now=NOW,
    )

    by_sms = facts_of(make_sms(nora, kind=Message.Kind.MARKETING))
    by_mail = facts_of(make_message(nora, kind=Message.Kind.MARKETING))

    assert (by_sms.permission, by_mail.permission) == (
        Permission(is_granted=True),
        None,
    )
    assert (by_sms.suppressed_scopes, by_mail.suppressed_scopes) == (
        frozenset({"survey"}),
        frozenset(),
    )


def test_what_is_foreseen_of_an_sms_is_what_is_decided(casa_alba):
    nora = make_guest(casa_alba, phones=(LANDLINE, MOBILE))
    allow(nora, channel=Channel.SMS)
    make_sms_account(casa_alba)
    foreseen = facts_about(
        casa_alba, [nora], kind=Message.Kind.SURVEY, channel=Channel.SMS
    )
    message = make_sms(nora)

    decided = replace(facts_of(message), expires_at=None, place=0)
    assert foreseen[nora.pk] == decided


def test_an_sms_waits_where_no_provider_of_sms_is_in_use(casa_alba, bar_carla):
    make_sms_account(bar_carla)
    retired = make_sms_account(casa_alba, is_in_use=False)
    nora = make_guest(casa_alba, emails=("nora@post.no",), phones=(MOBILE,))
    untried, claimed = make_sms(nora), make_sms(nora, account=retired)
    mail = make_message(nora)

    facts = load_facts([untried, claimed, mail])

    has_account = [facts[one.pk].has_account for one in (untried, claimed, mail)]
    assert has_account == [False, True, True]
