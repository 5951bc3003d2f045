import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.core.addresses import is_relay_address
from crm.core.signing import address_hash
from customers.care.preferences import is_stale
from customers.consent import consent_states, record_consent
from customers.lists.asked_guests import AskedGuests
from customers.lists.guest_filters import GuestFilters
from customers.models import (
    Channel,
    ConsentEvent,
    ConsentWording,
    Guest,
    Purpose,
    RegisterCount,
    Suppression,
    Visit,
)
from customers.privacy.desk_consent import consent_lines
from customers.privacy.erasure import erase_guest
from customers.quality.checking import note_checks
from customers.quality.counting import count_due, count_register, figures_now
from customers.quality.figures import KNOWN, RegisterFigures, Trouble, Verdict
from customers.suppressions import suppress
from tests.factories import NOW, TODAY, make_guest, make_preference, make_visit

LONG_AGO = NOW - timedelta(days=5 * 365)


def close(guest, kind, scope, reason):
    point = guest.contact_points.filter(kind=kind, is_primary=True).first()
    if point:
        suppress(
            business=guest.business,
            channel=point.channel,
            fingerprint=point.fingerprint,
            scope=scope,
            reason=reason,
            now=NOW,
        )


def say(guest, rng):
    for purpose in Purpose.values:
        for channel in Channel.values:
            answer = rng.choice([None, None, True, False])
            if answer is None:
                continue
            soft = answer and purpose != Purpose.SERVICE and rng.random() < 0.4
            record_consent(
                guest,
                purpose=purpose,
                channel=channel,
                is_granted=answer,
                source=ConsentEvent.Source.BOOKING,
                basis=ConsentWording.Basis.SOFT_OPT_IN
                if soft
                else ConsentWording.Basis.CONSENT,
                sale_visit=guest.visits.order_by("pk").first() if soft else None,
                now=NOW - timedelta(days=rng.randrange(100)),
            )


def make_register(business, *, seed=7, size=60):
    rng = random.Random(seed)
    guests = []
    for number in range(size):
        domain = rng.choice(["post.example", "guest.booking.com", "x.guest.airbnb.com"])
        guest = make_guest(
            business,
            rng.choice(["Nora Østby", "Olaf", "Kari Vik"]),
            emails=(f"guest{number}@{domain}",) if rng.random() < 0.7 else (),
            phones=(f"+47 406 12 3{number:02}",) if rng.random() < 0.6 else (),
            language=rng.choice(["nb", ""]),
            country=rng.choice(["NO", ""]),
            street=rng.choice(["Strandgata 1", ""]),
            postal_code=rng.choice(["6783", ""]),
            city=rng.choice(["Stryn", ""]),
            birthday_day=(day := rng.choice([None, 4])),
            birthday_month=day and 5,
            now=rng.choice([NOW, LONG_AGO]),
        )
        fill_in(guest, rng)
        guests.append(guest)
    erase_guest(guests.pop(), actor=None, now=NOW)
    return guests


def fill_in(guest, rng):
    if rng.random() < 0.5:
        days = rng.choice([3, 900])
        make_visit(
            guest,
            arrival_date=TODAY - timedelta(days=days),
            spend=rng.choice([0, 100]),
        )
    if rng.random() < 0.4:
        make_preference(
            guest, confirmed_on=TODAY - timedelta(days=rng.choice([2, 500]))
        )
    if rng.random() < 0.3:
        outcome = rng.choice(["told", "same", "declined"])
        checked = rng.choice([NOW, LONG_AGO])
        note_checks(guest, ["address"], outcome, actor=None, now=checked)
    say(guest, rng)
    if rng.random() < 0.3:
        close(guest, "email", "all", Suppression.Reason.BOUNCED)
    if rng.random() < 0.2:
        scope = rng.choice(["all", "survey", "marketing"])
        close(guest, rng.choice(["email", "phone"]), scope, "unsubscribed")


def naive_known(guest):
    kinds = set(guest.contact_points.values_list("kind", flat=True))
    return {
        "name": bool(guest.given_name and guest.family_name),
        "email": "email" in kinds,
        "phone": "phone" in kinds,
        "address": bool(guest.street and (guest.postal_code or guest.city)),
        "country": bool(guest.country),
        "language": bool(guest.language),
        "birthday": bool(guest.birthday_day),
        "wishes": guest.preferences.filter(ended_at=None).exists(),
    }


def naive_trouble(guest):
    email = guest.contact_points.filter(kind="email", is_primary=True).first()
    bounced = guest.business.suppressions.filter(
        reason="bounced",
        lifted_at=None,
        address_hash=email.fingerprint if email else b"",
    )
    check = guest.fact_checks.filter(fact="address").exclude(outcome="declined").first()
    sure_at = check.checked_at if check else guest.created_at
    wishes = guest.preferences.filter(ended_at=None)
    return {
        "bounced": bounced.exists(),
        "unreachable": not guest.contact_points.exists(),
        "relay": bool(email and is_relay_address(email.normalized)),
        "old_address": naive_known(guest)["address"] and sure_at == LONG_AGO,
        "old_wishes": any(is_stale(wish, today=TODAY) for wish in wishes),
    }


@pytest.fixture
def register(casa_alba):
    return make_register(casa_alba)


def figures(business):
    return figures_now(business, today=TODAY)


def test_what_is_known_is_counted_as_somebody_who_reads_every_guest_would(
    casa_alba, bar_carla, register
):
    make_guest(bar_carla, "Somebody Else", emails=("else@post.example",))

    counted = figures(casa_alba)

    recent = [
        guest
        for guest in register
        if (last := guest.visits.first()) and last.arrival_date.year == TODAY.year
    ]
    assert counted.guests == len(register)
    assert counted.recent == len(recent)
    assert counted.known == {
        name: (
            sum(naive_known(guest)[name] for guest in register),
            sum(naive_known(guest)[name] for guest in recent),
        )
        for name in KNOWN
    }


def test_what_is_amiss_is_counted_as_somebody_who_reads_every_guest_would(
    casa_alba, register
):
    count_register(casa_alba, now=NOW)
    counted = figures(casa_alba)

    assert counted.trouble == {
        trouble: sum(naive_trouble(guest)[trouble] for guest in register)
        for trouble in Trouble.values
    }
    assert min(counted.trouble.values()) > 0


def test_the_list_shows_as_many_as_were_counted(casa_alba, register):
    count_register(casa_alba, now=NOW)
    counted = figures(casa_alba)

    def listed(amiss):
        filters = GuestFilters(amiss=amiss)
        asked = AskedGuests(business=casa_alba, today=TODAY, filters=filters)
        return asked.count().number

    assert {word: listed(word) for word in Trouble.values} == counted.trouble
    assert {name: counted.guests - listed(f"no_{name}") for name in KNOWN} == {
        name: everybody for name, (everybody, _recent) in counted.known.items()
    }


def test_who_may_be_written_to_is_counted_as_the_desk_says_it(casa_alba, register):
    counted = figures(casa_alba)

    for channel in Channel:
        for purpose in (Purpose.SURVEY, Purpose.MARKETING):
            expected = sum(
                line.may_go
                for guest in register
                for line in consent_lines(guest)
                if (line.channel, line.purpose) == (channel, purpose)
            )
            assert counted.open_to(channel, purpose) == expected
            assert sum(counted.reach[channel][purpose].values()) == counted.guests


def test_service_goes_to_who_has_an_address_and_has_not_said_no(casa_alba, register):
    counted = figures(casa_alba)

    states = consent_states(guest.pk for guest in register)
    expected = 0
    for guest in register:
        point = guest.contact_points.filter(kind="phone", is_primary=True).first()
        said = states.get((guest.pk, "service", "sms"))
        closed = guest.business.suppressions.filter(
            scope="all",
            lifted_at=None,
            address_hash=address_hash("sms", point.normalized) if point else b"",
        ).exists()
        expected += bool(point and not closed and (said is None or said.is_granted))
    assert counted.open_to("sms", "service") == expected


def test_each_guest_is_in_one_pile_and_every_pile_has_a_name(casa_alba, register):
    counted = figures(casa_alba)

    named = {
        verdict
        for purposes in counted.reach.values()
        for verdicts in purposes.values()
        for verdict in verdicts
    }
    assert named <= set(Verdict.values)


def test_counting_costs_the_same_for_few_and_many(casa_alba):
    make_register(casa_alba, size=3, seed=1)
    with CaptureQueriesContext(connection) as few:
        figures(casa_alba)
    for number in range(9):
        make_guest(casa_alba, emails=(f"more{number}@post.example",))

    with CaptureQueriesContext(connection) as many:
        figures(casa_alba)

    assert len(many) == len(few)


def test_a_count_is_kept_once_a_day_and_reads_back_as_it_was(casa_alba, register):
    count_register(casa_alba, now=NOW - timedelta(hours=1))

    kept = count_register(casa_alba, now=NOW)

    kept.refresh_from_db()
    assert RegisterCount.objects.count() == 1
    assert kept.counted_at == NOW
    assert RegisterFigures.from_json(kept.figures) == figures(casa_alba)


def test_a_count_that_knows_less_is_read_all_the_same():
    assert RegisterFigures.from_json({}) == RegisterFigures()


def test_an_address_that_bounced_is_marked_and_one_that_works_again_is_not(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.example",))
    close(guest, "email", "all", Suppression.Reason.BOUNCED)
    count_register(casa_alba, now=NOW)
    assert guest.contact_points.get().bounced_at == NOW

    casa_alba.suppressions.update(lifted_at=NOW)
    count_register(casa_alba, now=NOW)

    assert guest.contact_points.get().bounced_at is None


def test_an_address_that_bounced_since_is_marked_by_the_hour(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.example",))
    count_register(casa_alba, now=NOW - timedelta(hours=1))
    close(guest, "email", "all", Suppression.Reason.BOUNCED)

    counted = count_due(now=NOW)

    assert (counted, guest.contact_points.get().bounced_at) == (0, NOW)


def test_each_house_is_counted_once_a_night(casa_alba):
    make_guest(casa_alba)
    # 03:30 in Oslo.
    night = NOW.replace(hour=2, minute=30)
    assert count_due(now=night) == 1

    again = [count_due(now=night + timedelta(hours=hours)) for hours in (1, 20, 24)]

    assert again == [0, 0, 1]
    assert Guest.objects.count() == 1
    assert Visit.objects.count() == 0
