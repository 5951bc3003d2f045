"""Looks for duplicates outside of a test's own transaction, as they are at the desk."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from customers.models import DuplicatePair
from tests.factories import make_business, make_guest

TIMES = 5
pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_come_at_once_are_a_pair():
    business = make_business()
    start = Barrier(2)

    def come():
        try:
            for number in range(TIMES):
                start.wait(timeout=30)
                make_guest(
                    business,
                    f"Nora{chr(97 + number)}",
                    emails=(f"{number}@example.org",),
                )
        finally:
            connection.close()

    threads = [Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    together = DuplicatePair.objects.filter(first__display_name__startswith="Nora")
    assert business.guests.count() == 2 * TIMES
    assert together.count() == TIMES


def test_a_look_that_fails_takes_nothing_back(caplog):
    business = make_business()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_matchkeys RENAME TO elsewhere")
    try:
        guest = make_guest(business, "Nora Østby", emails=("nora@example.org",))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO customers_matchkeys")

    assert list(business.guests.known()) == [guest]
    assert "on_commit" in caplog.text
    assert "nora" not in caplog.text.casefold()
