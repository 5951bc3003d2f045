import threading

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import DuplicatePair, Guest, SignUp
from customers.sign_up.confirming import confirm_sign_up
from customers.sign_up.pages import open_page, wordings_of
from customers.sign_up.patience import Stamp
from customers.sign_up.same_person import known_by_address
from customers.sign_up.signing_up import SignUpFacts, ask_to_join
from outreach.models import Message
from tests.factories import NOW, make_guest


@pytest.fixture
def page(casa_alba, alba):
    return open_page(casa_alba.venues.get(), actor=alba, now=NOW)


def sign_up(page, given="Nora", family="Østby", email="nora@post.no", stamp=None):
    facts = SignUpFacts(
        given_name=given,
        family_name=family,
        email=email,
        language="en",
        purposes=["marketing"],
    )
    wordings = {purpose: one.pk for purpose, one in wordings_of(page).items()}
    now = timezone.now()
    stamp = stamp or Stamp(shown_at=now, wordings=wordings)
    return ask_to_join(page, facts, stamp, now=now)


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Nora", "Østby"),
        ("nora", "OSTBY"),
        ("Nora Marie", "Østby"),
        ("N.", "Østby"),
        ("Nora", "Østbye"),
        ("Østby", "Nora"),
    ],
)
def test_a_name_that_agrees_is_the_same_person(casa_alba, page, given, family):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    assert known_by_address(sign_up(page, given, family)).same == nora


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Otto", "Østby"),
        ("Nora", "Vik"),
        ("Nora", ""),
        ("Norvald", "Østby"),
        ("Nora", "Østby jr."),
    ],
)
def test_a_name_that_does_not_is_somebody_else(casa_alba, page, given, family):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    known = known_by_address(sign_up(page, given, family))

    assert (known.same, known.others) == (None, [nora])


def test_the_name_alone_is_nobody(casa_alba, page):
    make_guest(casa_alba, "Nora Østby", emails=("other@post.no",))

    known = known_by_address(sign_up(page))

    assert (known.same, known.others) == (None, [])


def test_a_guest_of_another_house_is_nobody_here(bar_carla, page):
    make_guest(bar_carla, "Nora Østby", emails=("nora@post.no",))

    assert known_by_address(sign_up(page)).same is None


def test_who_was_forgotten_is_nobody(casa_alba, page):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    Guest.objects.filter(pk=nora.pk).update(erased_at=NOW)

    assert known_by_address(sign_up(page)).same is None


def test_the_oldest_of_several_is_met(casa_alba, page):
    first = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    second = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    known = known_by_address(sign_up(page))

    assert (known.same, known.others) == (first, [second])


def test_what_the_house_knows_already_stays(casa_alba, page):
    nora = make_guest(
        casa_alba,
        "Nora Østby",
        emails=("main@post.no", "nora@post.no"),
        language="nb",
        birthday_day=1,
        birthday_month=5,
        custom={},
        company="Fjord AS",
        is_vip=True,
    )
    asked = sign_up(page)
    SignUp.objects.update(birthday_day=2, birthday_month=6, phone="+4740612345")

    assert confirm_sign_up(asked, now=timezone.now()) == nora

    nora.refresh_from_db()
    assert (nora.language, nora.birthday_day, nora.company.name, nora.is_vip) == (
        "nb", 1, "Fjord AS", True,
    )  # fmt: skip
    points = nora.contact_points.order_by("kind", "-is_primary")
    assert [point.normalized for point in points] == [
        "main@post.no", "nora@post.no", "+4740612345",
    ]  # fmt: skip


def test_an_own_address_comes_before_a_booking_sites(casa_alba, page):
    relay = "nora.123@guest.booking.com"
    nora = make_guest(casa_alba, "Nora Østby", emails=(relay, "nora@post.no"))

    confirm_sign_up(sign_up(page), now=timezone.now())

    assert nora.contact_points.get(is_primary=True).normalized == "nora@post.no"


def at_once(*acts):
    """Do all at the same moment; return what went wrong."""
    ready, problems = threading.Barrier(len(acts)), []

    def do(act):
        try:
            ready.wait(timeout=10)
            act()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return problems


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_sign_up(page):
    stamp = Stamp(shown_at=timezone.now())

    assert at_once(*[lambda: sign_up(page, stamp=stamp)] * 4) == []

    assert SignUp.objects.count() == Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_confirmed_at_once_make_one_guest(casa_alba, page):
    asked = [sign_up(page), sign_up(page)]

    def confirming(one):
        return lambda: confirm_sign_up(one, now=timezone.now())

    assert at_once(*map(confirming, asked)) == []
    assert Guest.objects.count() == 1
    assert DuplicatePair.objects.count() == 0
    assert sorted(SignUp.objects.values_list("is_new_guest", flat=True)) == [
        False, True,
    ]  # fmt: skip
