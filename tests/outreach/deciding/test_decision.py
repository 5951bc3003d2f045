from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.clock import local_date
from outreach.deciding.decision import (
    Block,
    Go,
    Hold,
    MessageFacts,
    Permission,
    Reason,
    decide,
)
from outreach.deciding.hours import ALWAYS, Hours

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)

WELCOME = MessageFacts(
    kind="survey",
    address="nora@post.no",
    zone="Europe/Oslo",
    is_visit_completed=True,
    is_automation_on=True,
    permission=Permission(is_granted=True),
    expires_at=NOON + timedelta(days=3),
)


def test_a_welcome_message_goes():
    assert decide(WELCOME, NOON) == Go()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_erased": True}, Reason.ERASED),
        ({"expires_at": NOON}, Reason.EXPIRED),
        ({"is_visit_completed": False}, Reason.VISIT_NOT_COMPLETED),
        ({"is_automation_on": False}, Reason.AUTOMATION_OFF),
        ({"is_answered": True}, Reason.ANSWERED),
        ({"address": ""}, Reason.NO_ADDRESS),
        ({"address": "", "channel": "sms"}, Reason.NO_PHONE),
        ({"address": "", "channel": "sms", "is_landline": True}, Reason.NOT_MOBILE),
        ({"is_relay": True}, Reason.RELAY_ADDRESS),
        ({"suppressed_scopes": frozenset({"survey"})}, Reason.SUPPRESSED),
        ({"suppressed_scopes": frozenset({"all"})}, Reason.SUPPRESSED),
        ({"permission": None}, Reason.NO_CONSENT),
        ({"permission": Permission(is_granted=False)}, Reason.WITHDREW),
        (
            {"permission": Permission(is_granted=True, has_sale=False)},
            Reason.NO_SALE,
        ),
    ],
)
def test_one_obstacle_is_enough_and_is_named(change, reason):
    assert decide(replace(WELCOME, **change), NOON) == Block(reason)


@pytest.mark.parametrize(
    ("kind", "change", "verdict"),
    [
        ("service", {"permission": None}, Go()),
        ("service", {"is_relay": True}, Go()),
        ("service", {"suppressed_scopes": frozenset({"survey"})}, Go()),
        (
            "service",
            {"permission": Permission(is_granted=False)},
            Block(Reason.WITHDREW),
        ),
        ("critical", {"permission": Permission(is_granted=False)}, Go()),
        (
            "critical",
            {"suppressed_scopes": frozenset({"all"})},
            Block(Reason.SUPPRESSED),
        ),
        ("marketing", {"permission": None}, Block(Reason.NO_CONSENT)),
        ("marketing", {"suppressed_scopes": frozenset({"survey"})}, Go()),
    ],
)
def test_silence_is_yes_for_the_visit_itself_and_no_for_the_rest(kind, change, verdict):
    assert decide(replace(WELCOME, kind=kind, **change), NOON) == verdict


@pytest.mark.parametrize(
    ("utc", "verdict"),
    [
        ("05:59", Hold(datetime(2026, 11, 22, 6, tzinfo=UTC), Reason.NIGHT)),
        ("06:00", Go()),
        ("20:59", Go()),
        ("21:00", Hold(datetime(2026, 11, 23, 6, tzinfo=UTC), Reason.NIGHT)),
    ],
    ids=["before seven", "at seven", "before ten", "at ten"],
)
def test_mail_waits_for_the_morning_at_the_venue(utc, verdict):
    now = datetime.combine(NOON.date(), time.fromisoformat(utc), UTC)

    assert decide(WELCOME, now) == verdict


SMS = Hours(time(9), time(20), on_sundays=False, on_holidays=False)
TEXT_MESSAGE = replace(
    WELCOME, channel="sms", address="+4740612345", hours=SMS, country="NO"
)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (
            "2026-11-22T11:00",
            Hold(datetime(2026, 11, 23, 8, tzinfo=UTC), Reason.SUNDAY),
        ),
        ("2026-05-01T09:00", Hold(datetime(2026, 5, 2, 7, tzinfo=UTC), Reason.HOLIDAY)),
        ("2026-11-20T19:00", Hold(datetime(2026, 11, 21, 8, tzinfo=UTC), Reason.NIGHT)),
        ("2026-11-20T18:59", Go()),
    ],
    ids=["on a Sunday", "on the first of May", "in the evening", "just in time"],
)
def test_an_sms_leaves_evenings_sundays_and_holidays_in_peace(now, verdict):
    patient = replace(TEXT_MESSAGE, expires_at=None)

    assert decide(patient, datetime.fromisoformat(now).replace(tzinfo=UTC)) == verdict


def test_an_sms_keeps_to_the_clock_of_the_phone_too():
    new_yorker = replace(TEXT_MESSAGE, reader_zones=("America/New_York",))
    morning = datetime(2026, 11, 20, 9, tzinfo=UTC)

    assert decide(new_yorker, morning) == Hold(
        datetime(2026, 11, 20, 14, tzinfo=UTC), Reason.NIGHT
    )


def test_what_waits_for_the_same_morning_comes_one_after_the_other():
    night = datetime(2026, 11, 22, 22, tzinfo=UTC)

    verdicts = [decide(replace(WELCOME, place=place), night) for place in (1, 2)]

    assert verdicts == [
        Hold(datetime(2026, 11, 23, 6, 0, second, tzinfo=UTC), Reason.NIGHT)
        for second in (1, 2)
    ]


def test_its_place_in_line_makes_nothing_expire():
    night = datetime(2026, 11, 22, 22, tzinfo=UTC)
    opening = datetime(2026, 11, 23, 6, tzinfo=UTC)
    last = replace(WELCOME, place=1799, expires_at=opening + timedelta(minutes=5))

    assert decide(last, night) == Hold(opening, Reason.NIGHT)


def test_what_could_only_go_after_it_expired_does_not_wait():
    night = datetime(2026, 11, 22, 23, tzinfo=UTC)

    late = replace(WELCOME, expires_at=night + timedelta(hours=2))

    assert decide(late, night) == Block(Reason.EXPIRED)


def test_without_a_provider_it_waits_for_one():
    waiting = replace(WELCOME, has_account=False)

    verdict = decide(waiting, NOON)

    assert verdict == Hold(NOON + timedelta(minutes=15), Reason.NO_ACCOUNT)


def test_important_messages_go_at_night():
    night = datetime(2026, 11, 22, 23, tzinfo=UTC)

    assert decide(replace(WELCOME, kind="critical"), night) == Go()


def test_a_house_that_never_closes_sends_at_night():
    night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert decide(replace(WELCOME, hours=ALWAYS), night) == Go()


ANY_INSTANT = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ANY_FACTS = st.builds(
    MessageFacts,
    kind=st.sampled_from(["critical", "service", "survey", "marketing"]),
    address=st.sampled_from(["", "nora@post.no"]),
    zone=st.sampled_from(
        ["Europe/Oslo", "America/Santiago", "Australia/Lord_Howe", "Asia/Beirut"]
    ),
    is_erased=st.booleans(),
    is_relay=st.booleans(),
    is_visit_completed=st.sampled_from([None, True, False]),
    is_automation_on=st.sampled_from([None, True, False]),
    is_answered=st.booleans(),
    permission=st.none()
    | st.builds(Permission, is_granted=st.booleans(), has_sale=st.booleans()),
    suppressed_scopes=st.frozensets(st.sampled_from(["all", "survey", "marketing"])),
    expires_at=st.none() | ANY_INSTANT,
    place=st.integers(0, 4000),
)


@given(ANY_FACTS, ANY_INSTANT)
def test_whatever_goes_was_allowed(facts, now):
    if decide(facts, now) != Go():
        return

    assert facts.address
    assert not facts.is_erased
    assert not facts.suppressed_scopes & {"all", facts.kind}
    assert facts.expires_at is None or now < facts.expires_at
    assert facts.is_visit_completed is not False
    if facts.kind in {"survey", "marketing"}:
        assert facts.permission == Permission(is_granted=True, has_sale=True)
        assert not facts.is_relay


@given(ANY_FACTS, ANY_INSTANT)
def test_what_waits_goes_when_its_hour_has_come(facts, now):
    verdict = decide(facts, now)
    if not isinstance(verdict, Hold):
        return

    assert now < verdict.until <= now + timedelta(hours=27)
    assert decide(facts, verdict.until) == Go()
    assert local_date(verdict.until, facts.zone) >= local_date(now, facts.zone)


@given(ANY_FACTS, ANY_INSTANT)
def test_a_no_is_never_undone_by_knowing_more(facts, now):
    if isinstance(decide(facts, now), Block):
        worse = replace(facts, suppressed_scopes=frozenset({"all"}))
        assert isinstance(decide(worse, now), Block)
