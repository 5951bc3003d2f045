"""What a file brings into the register."""

import pytest

from customers.models import Guest, Visit
from tests.customers.imports.bringing import bring

NORA = {"Guest no": "7", "Name": "Nora Østby", "Email": "nora@post.no"}


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def test_a_guest_with_two_bookings_comes_once_with_both(casa_alba):
    stay = {"Booking": "A1", "Arrival": "2024-03-01", "Departure": "2024-03-03"}
    later = {"Booking": "A2", "Arrival": "2025-03-01", "Departure": "2025-03-02"}

    batch = bring(
        casa_alba,
        [NORA | stay | {"Price": "1234.50"}, NORA | later | {"Price": "900"}],
    )

    guest = Guest.objects.get()
    assert batch.state == "done"
    assert (guest.display_name, guest.given_name, guest.external_id) == (
        "Nora Østby", "Nora", "7",
    )  # fmt: skip
    assert [visit.spend for visit in Visit.objects.order_by("arrival_date")] == [
        123_450, 90_000,
    ]  # fmt: skip
    assert (guest.summary.visits, guest.summary.nights) == (2, 3)
    assert guest.search_line.came_on.isoformat() == "2025-03-02"
