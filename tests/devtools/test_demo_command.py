"""``manage.py demo_data`` loads once, says what it did, and refuses in sentences."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from crm.devtools.demo.making import AlreadyThere, Size, make_large
from crm.tenancy.models import Business
from tests.factories import make_business

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SMALL = Size(200, 700)

pytestmark = pytest.mark.django_db


def test_the_command_is_refused_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="for the demo only"):
        call_command("demo_data")

    assert Business.objects.count() == 0


def test_a_real_installation_gets_no_made_up_guests():
    make_business("Casa Alba", slug="casa-alba")

    with pytest.raises(CommandError, match="belongs to a real installation"):
        call_command("demo_data", once=True)

    assert Business.objects.values_list("slug", flat=True).get() == "casa-alba"


def test_the_command_says_what_it_loaded():
    said = io.StringIO()

    call_command("demo_data", guests=200, visits=700, today=TODAY, stdout=said)

    assert said.getvalue().startswith("Loaded Solvik, 200 guests in ")
    assert Business.objects.get().guests.count() == 200


def test_loading_once_leaves_alone_what_is_there():
    make_business("Solvik", slug="solvik")
    said = io.StringIO()

    call_command("demo_data", once=True, stdout=said)

    assert said.getvalue() == ""
    assert Business.objects.get().guests.count() == 0


def test_loading_again_is_refused_with_a_way_out():
    make_business("Kafé Måne", slug="mane")

    with pytest.raises(CommandError, match="“mane” is loaded already"):
        call_command("demo_data")


@pytest.mark.parametrize("size", [(50, 500), (100, 120), (200, 0)])
def test_a_house_that_is_too_small_is_refused(size):
    with pytest.raises(CommandError, match="at least 100 guests"):
        call_command("demo_data", guests=size[0], visits=size[1] or 1)


def test_a_house_of_the_same_size_is_not_made_twice():
    make_large(SMALL, seed=1, now=NOON)

    with pytest.raises(AlreadyThere, match="solvik-200"):
        make_large(SMALL, seed=2, now=NOON)
