from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AskingRules, Fact, Suppression, Visit
from customers.quality.asking_rules import change_rules, rules_of
from customers.quality.checking import note_checks
from customers.quality.question import Why
from customers.quality.questions import questions_for
from customers.suppressions import suppress
from tests.factories import NOW, TODAY, make_guest, make_preference

State = Visit.State
LONG_AGO = NOW - timedelta(days=5 * 365)

WHOLE = {
    "emails": ("nora@post.example",),
    "phones": ("+47 406 12 345",),
    "street": "Strandgata 1",
    "postal_code": "6783",
    "city": "Stryn",
    "birthday_day": 24,
    "birthday_month": 11,
}


def ask(business, *facts, most=5):
    AskingRules.objects.create(
        business=business, asked=list(facts), most_per_visit=most
    )


def asked(guest):
    found = questions_for(guest.business, [guest], today=TODAY)
    return [(one.fact, one.why) for one in found.get(guest.pk, [])]


def bounce(guest):
    suppress(
        business=guest.business,
        channel="email",
        fingerprint=guest.contact_points.get(kind="email").fingerprint,
        scope="all",
        reason=Suppression.Reason.BOUNCED,
        now=NOW,
    )


def test_a_house_that_chose_nothing_asks_for_two_of_the_most_useful(casa_alba):
    silent = make_guest(casa_alba, "Olaf", street="", language="")

    assert asked(silent) == [(Fact.EMAIL, Why.MISSING), (Fact.PHONE, Why.MISSING)]


def test_who_has_told_everything_is_asked_nothing(casa_alba):
    ask(casa_alba, *Fact.values)

    assert asked(make_guest(casa_alba, **WHOLE)) == []


@pytest.mark.parametrize(
    ("facts", "question"),
    [
        ({"family_name": ""}, (Fact.NAME, Why.MISSING)),
        ({"emails": ()}, (Fact.EMAIL, Why.MISSING)),
        ({"emails": ("x1@guest.booking.com",)}, (Fact.EMAIL, Why.RELAY)),
        ({"phones": ()}, (Fact.PHONE, Why.MISSING)),
        ({"street": ""}, (Fact.ADDRESS, Why.MISSING)),
        ({"postal_code": "", "city": ""}, (Fact.ADDRESS, Why.MISSING)),
        ({"now": LONG_AGO}, (Fact.ADDRESS, Why.STALE)),
        ({"birthday_day": None, "birthday_month": None}, (Fact.BIRTHDAY, Why.MISSING)),
        ({"language": ""}, (Fact.LANGUAGE, Why.MISSING)),
    ],
)
def test_what_is_not_known_is_asked_for(casa_alba, facts, question):
    ask(casa_alba, *Fact.values)

    assert asked(make_guest(casa_alba, **WHOLE | facts)) == [question]


def test_an_email_that_does_not_arrive_is_asked_for_anew(casa_alba):
    ask(casa_alba, *Fact.values)
    guest = make_guest(casa_alba, **WHOLE)
    bounce(guest)

    assert asked(guest) == [(Fact.EMAIL, Why.BOUNCED)]


def test_a_wish_that_nobody_made_sure_of_for_a_year_is_asked_about(casa_alba):
    ask(casa_alba, *Fact.values)
    guest = make_guest(casa_alba, **WHOLE)
    make_preference(guest, confirmed_on=TODAY)
    old = make_preference(
        guest, "Table", "By the window", confirmed_on=TODAY - timedelta(days=400)
    )

    found = questions_for(casa_alba, [guest], today=TODAY)[guest.pk]

    assert [one.preference for one in found] == [old]
    assert [one.sentence for one in found] == ["Is this still so? Table: By the window"]


def test_an_address_that_somebody_made_sure_of_is_not_asked_about(casa_alba):
    ask(casa_alba, *Fact.values)
    guest = make_guest(casa_alba, **WHOLE, now=LONG_AGO)

    note_checks(guest, [Fact.ADDRESS], "same", actor=None, now=NOW)

    assert asked(guest) == []


def test_who_did_not_want_to_say_is_not_asked_again(casa_alba):
    ask(casa_alba, *Fact.values)
    guest = make_guest(casa_alba, **WHOLE | {"emails": (), "phones": ()})

    note_checks(guest, [Fact.EMAIL], "declined", actor=None, now=LONG_AGO)

    assert asked(guest) == [(Fact.PHONE, Why.MISSING)]


def test_no_more_is_asked_at_once_than_the_house_wants(casa_alba):
    ask(casa_alba, "birthday", "phone", "email", most=2)

    assert asked(make_guest(casa_alba)) == [
        (Fact.BIRTHDAY, Why.MISSING),
        (Fact.PHONE, Why.MISSING),
    ]


def test_a_house_may_ask_nothing_at_all(casa_alba):
    ask(casa_alba)

    assert asked(make_guest(casa_alba)) == []


def test_asking_costs_the_same_for_one_guest_and_many(casa_alba):
    ask(casa_alba, *Fact.values)
    guests = [make_guest(casa_alba) for _number in range(4)]

    with CaptureQueriesContext(connection) as one:
        questions_for(casa_alba, guests[:1], today=TODAY)
    with CaptureQueriesContext(connection) as many:
        questions_for(casa_alba, guests, today=TODAY)

    assert len(many) == len(one) <= 6


def test_what_another_house_asks_and_knows_is_its_own(casa_alba, bar_carla):
    ask(bar_carla, *Fact.values)
    bounce(make_guest(bar_carla, **WHOLE))

    assert asked(make_guest(casa_alba, **WHOLE)) == []


def test_what_is_asked_is_changed_and_the_log_says_so(casa_alba, alba):
    typed = {"asked": ["birthday"], "most_per_visit": 1}
    change_rules(casa_alba, typed, actor=alba, now=NOW)

    changed = change_rules(casa_alba, typed | {"asked": []}, actor=alba, now=NOW)

    assert changed == ["asked"]
    assert rules_of(casa_alba).asked == []
    assert list(
        casa_alba.audit_events.order_by("pk").values_list("action", "fields")
    ) == [("amended", ["asked", "most_per_visit"]), ("amended", ["asked"])]
