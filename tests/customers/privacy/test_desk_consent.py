from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.consent import Basis, record_consent
from customers.models import Channel, ConsentEvent, Purpose, Suppression
from customers.privacy.desk_consent import consent_lines, take_down_answer
from customers.suppressions import suppress, suppressed_scopes
from outreach.deciding.decision import Go, MessageFacts, Permission, decide
from tests.factories import NOW, allow, make_guest, make_visit

pytestmark = pytest.mark.usefixtures("morning")

Scope, Reason = Suppression.Scope, Suppression.Reason


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@example.no",), phones=("40612345",))


def close(guest, scope, reason=Reason.UNSUBSCRIBED):
    point = guest.contact_points.get(kind="email")
    suppress(
        business=guest.business,
        channel=Channel.EMAIL,
        fingerprint=point.fingerprint,
        scope=scope,
        reason=reason,
        now=NOW,
    )


def line(guest, purpose=Purpose.SURVEY, channel=Channel.EMAIL):
    lines = consent_lines(guest)
    return next(
        each for each in lines if (each.purpose, each.channel) == (purpose, channel)
    )


def take_down(guest, actor, *, is_granted, purpose=Purpose.SURVEY):
    return take_down_answer(
        guest,
        purpose=purpose,
        channel=Channel.EMAIL,
        is_granted=is_granted,
        source=ConsentEvent.Source.DESK,
        actor=actor,
        now=NOW + timedelta(hours=1),
    )


def nothing_said(guest):
    return "Never asked."


def said_yes(guest):
    allow(guest)
    return ""


def said_no(guest):
    allow(guest, now=NOW - timedelta(days=3))
    record_consent(
        guest, purpose="survey", channel="email", is_granted=False,
        source=ConsentEvent.Source.UNSUBSCRIBE, now=NOW,
    )  # fmt: skip
    return "Said no."


def bounced(guest):
    allow(guest)
    close(guest, Scope.ALL, Reason.BOUNCED)
    return "The address is not to be written to."


def closed_for_another_purpose(guest):
    allow(guest)
    close(guest, Scope.MARKETING)
    return ""


def opted_in_without_a_sale(guest):
    unpaid = make_visit(guest, spend=0)
    record_consent(
        guest, purpose="survey", channel="email", is_granted=True,
        basis=Basis.SOFT_OPT_IN, source=ConsentEvent.Source.BOOKING,
        sale_visit=unpaid, now=NOW,
    )  # fmt: skip
    return "There is no paid visit that the notice could rest on."


def no_address(guest):
    allow(guest)
    guest.contact_points.filter(kind="email").delete()
    return "No email address is known."


def only_a_booking_sites_address(guest):
    allow(guest)
    guest.contact_points.filter(kind="email").update(normalized="a@guest.booking.com")
    return "Only a booking site's address is known."


SITUATIONS = [
    nothing_said, said_yes, said_no, bounced, closed_for_another_purpose,
    opted_in_without_a_sale, no_address, only_a_booking_sites_address,
]  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_desk_sees_whether_and_why(nora, situation):
    reason = situation(nora)

    shown = line(nora)

    assert (shown.may_go, shown.reason) == (not reason, reason)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_desk_and_the_sender_agree(nora, situation):
    situation(nora)
    shown = line(nora)
    point = nora.contact_points.filter(kind="email").first()
    scopes = suppressed_scopes(
        nora.business, fingerprints=[point.fingerprint] if point else []
    )

    verdict = decide(
        MessageFacts(
            kind="survey",
            address=point.normalized if point else "",
            zone="Europe/Oslo",
            is_relay=bool(point and "booking" in point.normalized),
            permission=shown.said
            and Permission(
                is_granted=shown.said.is_granted, has_sale=shown.said.has_sale
            ),
            suppressed_scopes=frozenset().union(*scopes.values()),
        ),
        NOW,
    )

    assert isinstance(verdict, Go) == shown.may_go


def test_a_yes_at_the_desk_is_proof_and_in_the_log(nora, alba):
    event = take_down(nora, alba, is_granted=True)

    assert (event.basis, event.source, event.noted_by) == ("consent", "desk", alba)
    assert line(nora).may_go
    logged = nora.business.audit_events.latest("pk")
    assert (logged.actor, logged.action, logged.fields) == (
        alba,
        "consent_granted",
        ["survey_email"],
    )


def test_a_yes_opens_what_the_guest_had_closed_themselves(nora, alba):
    close(nora, Scope.SURVEY)
    close(nora, Scope.MARKETING)

    take_down(nora, alba, is_granted=True)

    assert (line(nora).may_go, line(nora, Purpose.MARKETING).may_go) == (True, False)


@pytest.mark.parametrize("reason", [Reason.UNSUBSCRIBED, Reason.ERASED])
def test_a_yes_to_one_thing_opens_a_closed_address_for_that_alone(nora, alba, reason):
    allow(nora, Purpose.MARKETING)
    close(nora, Scope.ALL, reason)

    take_down(nora, alba, is_granted=True)

    assert (line(nora).may_go, line(nora, Purpose.MARKETING).may_go) == (True, False)


def test_a_yes_does_not_mend_an_address_that_bounced(nora, alba):
    close(nora, Scope.ALL, Reason.BOUNCED)

    take_down(nora, alba, is_granted=True)

    assert line(nora).reason == "The address is not to be written to."


def test_a_no_at_the_desk_holds(nora, alba):
    allow(nora)

    take_down(nora, alba, is_granted=False)

    assert line(nora).reason == "Said no."


def test_an_answer_waits_for_whatever_is_written_about_the_guest(nora, alba):
    with CaptureQueriesContext(connection) as queries:
        take_down(nora, alba, is_granted=False)

    first = next(query["sql"] for query in queries if "customers_guest" in query["sql"])
    assert first.endswith("FOR NO KEY UPDATE")


def test_the_lines_cost_three_queries(nora, django_assert_num_queries):
    for purpose in (Purpose.SURVEY, Purpose.MARKETING):
        allow(nora, purpose)
        allow(nora, purpose, channel=Channel.SMS)

    with django_assert_num_queries(3):
        consent_lines(nora)


def test_the_answer_is_noted_from_the_guest_page(as_alba, alba, nora):
    response = as_alba.post(
        f"/casa-alba/guests/{nora.uuid}/consent/",
        {"answer": "yes", "purpose": "survey", "channel": "email", "source": "desk"},
    )

    event = nora.consent_events.get()
    assert response.url == f"/casa-alba/guests/{nora.uuid}/"
    assert (event.is_granted, event.purpose, event.noted_by) == (True, "survey", alba)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"answer": "maybe", "purpose": "survey", "channel": "email", "source": "desk"},
        {"answer": "yes", "purpose": "service", "channel": "email", "source": "desk"},
        {"answer": "yes", "purpose": "survey", "channel": "fax", "source": "desk"},
        {"answer": "yes", "purpose": "survey", "channel": "email", "source": "import"},
    ],
)
def test_an_answer_that_cannot_be_read_is_not_noted(as_alba, nora, typed):
    response = as_alba.post(
        f"/casa-alba/guests/{nora.uuid}/consent/", typed, follow=True
    )

    assert nora.consent_events.count() == 0
    assert "That answer could not be read." in response.content.decode()


def test_looking_at_the_address_of_an_answer_notes_nothing(as_alba, nora):
    response = as_alba.get(f"/casa-alba/guests/{nora.uuid}/consent/")

    assert (response.status_code, nora.consent_events.count()) == (405, 0)
