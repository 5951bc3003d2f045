"""The house says whether it gives the notice that a soft opt-in needs."""

from datetime import timedelta

import pytest

from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.models import Venue
from customers.models import ConsentEvent, ConsentWording, Purpose
from customers.privacy import consent_notice
from tests.factories import NOW, make_guest, make_visit

SOFT = ConsentWording.Basis.SOFT_OPT_IN


@pytest.fixture
def solvik(db):
    return create_business(
        facts=BusinessFacts(name="Solvik", slug="solvik"),
        venues=[VenueFacts(name="Hotellet", kind=Venue.Kind.HOTEL)],
        owner=None,
        now=NOW,
    )


def notices(business):
    rows = business.consent_wordings.filter(basis=SOFT).order_by("purpose", "version")
    return list(rows.values_list("purpose", "version", "is_current"))


def test_a_new_house_asks_for_a_yes_in_every_guest_language(solvik, settings):
    wordings = solvik.consent_wordings.order_by("purpose")

    assert [(row.purpose, row.basis, row.version) for row in wordings] == [
        ("marketing", "consent", 1),
        ("survey", "consent", 1),
    ]
    assert [set(row.texts) for row in wordings] == [set(settings.GUEST_LANGUAGES)] * 2


def test_a_new_house_gives_no_notice_until_it_says_so(solvik):
    assert consent_notice.is_on(solvik) is False
    assert notices(solvik) == []


def test_switching_on_keeps_what_the_notice_reads(solvik):
    consent_notice.switch_on(solvik, now=NOW)

    assert consent_notice.is_on(solvik) is True
    assert notices(solvik) == [("marketing", 1, True), ("survey", 1, True)]
    assert (
        solvik.consent_wordings.get(basis=SOFT, purpose="survey").texts
        == consent_notice.notice_texts()[Purpose.SURVEY]
    )


def test_switching_on_twice_changes_nothing(solvik):
    consent_notice.switch_on(solvik, now=NOW)

    consent_notice.switch_on(solvik, now=NOW + timedelta(days=1))

    assert notices(solvik) == [("marketing", 1, True), ("survey", 1, True)]


def test_off_and_on_again_is_the_same_notice(solvik):
    consent_notice.switch_on(solvik, now=NOW)
    consent_notice.switch_off(solvik)
    was_on = consent_notice.is_on(solvik)

    consent_notice.switch_on(solvik, now=NOW)

    assert was_on is False
    assert notices(solvik) == [("marketing", 1, True), ("survey", 1, True)]


def test_a_notice_that_reads_otherwise_is_a_new_version(solvik):
    consent_notice.switch_on(solvik, now=NOW)
    solvik.consent_wordings.filter(basis=SOFT, purpose="survey").update(
        texts={"en": "as it read last year"}
    )

    consent_notice.switch_on(solvik, now=NOW)

    assert notices(solvik) == [
        ("marketing", 1, True),
        ("survey", 1, False),
        ("survey", 2, True),
    ]


def test_only_with_the_notice_does_a_paid_visit_allow_messages(solvik):
    before = make_guest(solvik, "Nora Østby", emails=("nora@example.com",))
    after = make_guest(solvik, "Kari Eide", emails=("kari@example.com",))
    make_visit(before)
    consent_notice.switch_on(solvik, now=NOW)

    make_visit(after)

    assert list(
        ConsentEvent.objects.order_by("purpose").values_list("guest", "purpose")
    ) == [(after.pk, "marketing"), (after.pk, "survey")]
