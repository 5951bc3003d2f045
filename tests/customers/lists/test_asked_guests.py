"""Filters and orders of the guest list against a naive reader over generated guests."""

import random
from datetime import date, timedelta

import pytest

from customers.consent import record_consent
from customers.lists.asked_guests import AskedGuests, Count
from customers.lists.guest_filters import GuestFilters
from customers.lists.paging import ORDERS
from customers.models import ConsentEvent, Guest, Purpose, Tag, Visit
from customers.privacy.desk_consent import consent_lines
from customers.profile.tags import give_tag, tags_of
from customers.suppressions import suppress
from tests.factories import NOW, TODAY, make_guest, make_visit

State = Visit.State


@pytest.fixture
def register(casa_alba, bar_carla):
    """A few dozen guests with a bit of everything, a stranger and a forgotten one."""
    dice = random.Random(7)
    tag = Tag.objects.create(
        business=casa_alba, name="Quiet", key="quiet", created_at=NOW
    )
    for number in range(30):
        _generated(casa_alba, dice, tag, number)
    gone = make_guest(casa_alba, "Gone Gjest", is_vip=True, country="NO")
    Guest.objects.filter(pk=gone.pk).update(erased_at=NOW)
    make_visit(make_guest(bar_carla, "Olaf Vik", is_vip=True, country="NO"))
    return casa_alba


def _generated(business, dice, tag, number):
    guest = _guest(business, dice, number)
    for _visit in range(dice.randrange(4)):
        make_visit(
            guest,
            arrival_date=TODAY - timedelta(days=dice.randrange(1, 500)),
            nights=1,
            spend=dice.randrange(5) * 10_000,
        )
    if dice.random() < 0.4:
        days = dice.choice([0, 2, 7, 8, 40])
        make_visit(
            guest,
            state=State.BOOKED,
            arrival_date=TODAY + timedelta(days=days),
            nights=1,
        )
    if dice.random() < 0.1:
        make_visit(guest, state=State.IN_HOUSE, arrival_date=TODAY, nights=1)
    if dice.random() < 0.3:
        give_tag(guest, tag, actor=None, now=NOW)
    _consents(guest, dice)


def _guest(business, dice, number):
    month = dice.choice([None, 11, 12, 1])
    emails = dice.choice(
        [(), (f"g{number}@example.no",), (f"g{number}@guest.booking.com",)]
    )
    return make_guest(
        business,
        f"Gjest {chr(97 + dice.randrange(26))}{number}",
        now=NOW - timedelta(days=dice.randrange(900)),
        is_vip=dice.random() < 0.3,
        country=dice.choice(["NO", "SE", ""]),
        language=dice.choice(["nb", "de"]),
        source=dice.choice(["", "Fair in Oslo", "A friend"]),
        company=dice.choice(["", "", "Nordvind AS"]),
        emails=emails,
        phones=dice.choice([(), (f"406 12 {300 + number}",)]),
        birthday_month=month,
        birthday_day=month and 5,
    )


def _consents(guest, dice):
    for channel in ("email", "sms"):
        for said in dice.choice([(), (True,), (True, False), (False, True)]):
            record_consent(
                guest,
                purpose=Purpose.MARKETING,
                channel=channel,
                is_granted=said,
                source=ConsentEvent.Source.DESK,
                now=NOW,
            )
    for point in guest.contact_points.all():
        if dice.random() < 0.2:
            suppress(
                business=guest.business,
                channel=point.channel,
                fingerprint=point.fingerprint,
                scope=dice.choice(["all", "marketing", "survey"]),
                reason="manual",
                now=NOW,
            )


def asked(business, **filters):
    return AskedGuests(business=business, today=TODAY, filters=GuestFilters(**filters))


def everybody(business):
    return business.guests.filter(erased_at=None).select_related("summary", "company")


def kinds_of(guest):
    return {point.kind for point in guest.contact_points.all()}


def is_booked_until(guest, day):
    return any(
        visit.state == State.BOOKED and TODAY <= visit.arrival_date <= day
        for visit in guest.visits.all()
    )


def is_away_since(guest, day):
    last = guest.summary.last_visit_on
    states = {visit.state for visit in guest.visits.all()}
    is_expected = states & {State.BOOKED, State.IN_HOUSE}
    return last is not None and last <= day and not is_expected


def may_get_news(guest):
    return any(
        line.may_go
        for line in consent_lines(guest)
        if line.purpose == Purpose.MARKETING
    )


def last_is(guest, test):
    last = guest.summary.last_visit_on
    return last is not None and test(last)


LONG_AGO = TODAY - timedelta(days=200)
SPRING = date(2026, 4, 1)

# What is asked, and the same in plain words over one guest.
ASKED = {
    "nothing": ({}, lambda guest: True),
    "vip": ({"vip": True}, lambda guest: guest.is_vip),
    "country": ({"country": "SE"}, lambda guest: guest.country == "SE"),
    "language": ({"language": "de"}, lambda guest: guest.language == "de"),
    "source": ({"source": "A friend"}, lambda guest: guest.source == "A friend"),
    "email": ({"reach": "email"}, lambda guest: "email" in kinds_of(guest)),
    "phone": ({"reach": "phone"}, lambda guest: "phone" in kinds_of(guest)),
    "neither": ({"reach": "none"}, lambda guest: not kinds_of(guest)),
    "visits": ({"visits": 2}, lambda guest: guest.summary.visits >= 2),
    "no visits": ({"visits": 0}, lambda guest: True),
    "last from": (
        {"last_from": SPRING},
        lambda guest: last_is(guest, lambda day: day >= SPRING),
    ),
    "last to": (
        {"last_to": SPRING},
        lambda guest: last_is(guest, lambda day: day <= SPRING),
    ),
    "away": ({"away": LONG_AGO}, lambda guest: is_away_since(guest, LONG_AGO)),
    "today": ({"arriving": 0}, lambda guest: is_booked_until(guest, TODAY)),
    "week": (
        {"arriving": 7},
        lambda guest: is_booked_until(guest, TODAY + timedelta(days=7)),
    ),
    "born now": ({"birthday": "this"}, lambda guest: guest.birthday_month == 11),
    "born next": ({"birthday": "next"}, lambda guest: guest.birthday_month == 12),
    "news": ({"news": True}, may_get_news),
    "several": (
        {"vip": True, "country": "NO", "visits": 1},
        lambda guest: guest.is_vip and guest.country == "NO" and guest.summary.visits,
    ),
    "news of many": (
        {"news": True, "reach": "email", "language": "nb"},
        lambda guest: (
            may_get_news(guest)
            and "email" in kinds_of(guest)
            and guest.language == "nb"
        ),
    ),
}


def walk(question, size=3):
    """Return the names of all pages, one after the other."""
    names, after = [], None
    while True:
        guests, after = question.page(after=after, size=size)
        assert len(guests) <= size
        names += [guest.display_name for guest in guests]
        if after is None:
            return names


def test_each_filter_finds_just_those_whom_a_plain_reader_finds(register):
    guests = list(everybody(register))
    expected = {
        name: sorted(guest.display_name for guest in guests if fits(guest))
        for name, (_filters, fits) in ASKED.items()
    }

    questions = {name: asked(register, **ASKED[name][0]) for name in ASKED}

    assert {name: sorted(walk(ask)) for name, ask in questions.items()} == expected
    assert {name: ask.count() for name, ask in questions.items()} == {
        name: Count(len(names), False) for name, names in expected.items()
    }
    assert all(expected.values())


def test_a_tag_by_hand_and_a_tag_by_rule(register):
    by_rule = Tag.objects.create(
        business=register, name="Twice", key="twice", rule="visits", rule_number=2,
        created_at=NOW,
    )  # fmt: skip
    guests = list(everybody(register))
    tags = tags_of(register, [guest.pk for guest in guests], today=TODAY)

    for tag in (register.tags.get(name="Quiet"), by_rule):
        expected = {guest.display_name for guest in guests if tag in tags[guest.pk]}
        assert sorted(walk(asked(register, tag=tag))) == sorted(expected)
        assert expected


def test_a_company_by_its_row(register):
    company = register.companies.get()

    found = walk(asked(register, company=company))

    assert sorted(found) == sorted(
        everybody(register)
        .filter(company=company)
        .values_list("display_name", flat=True)
    )


VALUES = {
    "latest": lambda guest: guest.summary.last_visit_on,
    "arrival": lambda guest: guest.summary.next_arrival_on,
    "visits": lambda guest: guest.summary.visits,
    "spend": lambda guest: guest.summary.spend,
    "newest": lambda guest: guest.created_at,
    "name": lambda guest: guest.name_sort_key,
}


def whole(guests, order):
    """Return the names in order: who has no value comes last."""
    descending, value = ORDERS[order].descending, VALUES[order]
    has_value = [guest for guest in guests if value(guest) is not None]
    has_value.sort(key=lambda guest: (value(guest), guest.pk), reverse=descending)
    lacks = [guest for guest in guests if value(guest) is None]
    lacks.sort(key=lambda guest: guest.pk, reverse=descending)
    return [guest.display_name for guest in has_value + lacks]


def test_pages_one_after_the_other_are_the_whole_list_in_every_order(register):
    guests = list(everybody(register))
    expected = {order: whole(guests, order) for order in ORDERS}

    questions = {
        order: AskedGuests(business=register, today=TODAY, order=order)
        for order in ORDERS
    }

    for size in (1, 7, 100):
        walks = {order: walk(ask, size=size) for order, ask in questions.items()}
        assert walks == expected


def test_a_search_is_narrowed_by_filters(register):
    question = AskedGuests(
        business=register,
        today=TODAY,
        typed="gjest",
        filters=GuestFilters(vip=True, country="NO"),
    )

    expected = everybody(register).filter(is_vip=True, country="NO")
    assert sorted(walk(question)) == sorted(
        expected.values_list("display_name", flat=True)
    )


def test_a_place_in_another_house_begins_at_the_start(casa_alba, bar_carla):
    hers = make_guest(bar_carla, "Olaf Vik")
    make_guest(casa_alba, "Nora Vik")
    question = AskedGuests(business=casa_alba, today=TODAY)

    guests, _after = question.page(after=hers.uuid)

    assert [guest.display_name for guest in guests] == ["Nora Vik"]


def test_who_stands_at_the_place_may_have_stopped_fitting(casa_alba):
    names = ["A", "B", "C"]
    made = {name: make_guest(casa_alba, f"Per {name}", is_vip=True) for name in names}
    question = asked(casa_alba, vip=True)
    _first, after = question.page(after=None, size=1)
    Guest.objects.filter(pk=made["C"].pk).update(is_vip=False)

    assert [guest.display_name for guest in question.page(after=after).guests] == [
        "Per B",
        "Per A",
    ]


def test_nobody_counts_beyond_what_is_read(casa_alba, monkeypatch):
    monkeypatch.setattr("customers.lists.asked_guests.MOST_COUNTED", 2)
    for name in ("A", "B"):
        make_guest(casa_alba, f"Per {name}")
    assert AskedGuests(business=casa_alba, today=TODAY).count() == Count(2, False)

    make_guest(casa_alba, "Per C")

    assert AskedGuests(business=casa_alba, today=TODAY).count() == Count(2, True)


def test_a_page_from_which_many_drop_out_is_filled_up(casa_alba):
    guests = [
        make_guest(casa_alba, f"Per {n}", emails=(f"p{n}@guest.booking.com",))
        for n in range(7)
    ]
    guests.insert(0, make_guest(casa_alba, "Nora", emails=("nora@example.no",)))
    for guest in guests:
        record_consent(
            guest,
            purpose=Purpose.MARKETING,
            channel="email",
            is_granted=True,
            source=ConsentEvent.Source.DESK,
            now=NOW,
        )

    assert walk(asked(casa_alba, news=True), size=2) == ["Nora"]
