"""A file comes in while somebody works on the same guests."""

import time
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from customers.imports.committing import start_commit
from customers.merging.merging import merge_guests
from customers.models import Guest, Visit
from customers.privacy.erasure import erase_guest
from tests.customers.imports.bringing import read, work
from tests.factories import NOW, make_guest

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [
    {
        "Guest no": "7", "Name": "Nora Østby", "Email": "nora@post.no", "Booking": "A1",
        "Arrival": "2024-03-01", "Departure": "2024-03-03", "Price": "900.00",
    },
    {
        "Guest no": "8", "Name": "Otto Vik", "Email": "otto@post.no", "Booking": "A2",
        "Arrival": "2024-03-01", "Departure": "2024-03-03", "Price": "900.00",
    },
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def bring_while(business, act):
    """Bring the rows in while a transaction that does ``act`` is not committed yet."""
    batch = read(business, ROWS)
    has_acted = Event()

    def work_beside():
        with transaction.atomic():
            act()
            has_acted.set()
            time.sleep(0.5)
        connection.close()

    start_commit(batch, actor=None, now=NOW)
    other = Thread(target=work_beside)
    other.start()
    assert has_acted.wait(timeout=10)
    batch = work(batch)
    other.join(timeout=10)
    assert batch.state == "done", batch.problem


def test_visits_of_who_is_made_one_meanwhile_are_of_whom_they_become(casa_alba):
    nora, old = make_guest(casa_alba), make_guest(casa_alba, external_id="7")

    bring_while(casa_alba, lambda: merge_guests(nora, old, actor=None, now=NOW))

    assert Visit.objects.get(external_id="A1").guest == nora


def test_nothing_is_written_to_who_is_forgotten_meanwhile(casa_alba):
    nora = make_guest(casa_alba, external_id="7")

    bring_while(casa_alba, lambda: erase_guest(nora, actor=None, now=NOW))

    nora.refresh_from_db()
    assert (nora.external_id, nora.display_name) == ("", "–")
    assert nora.contact_points.count() == 0
    assert Guest.objects.known().get().display_name == "Otto Vik"
    assert Visit.objects.get().external_id == "A2"
