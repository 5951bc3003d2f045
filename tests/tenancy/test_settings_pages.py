import pytest

from crm.tenancy.models import Staff, Venue
from tests.factories import make_guest, make_staff, make_user, make_venue, make_visit

HOUSE = {
    "name": "Casa Alba",
    "language": "nb",
    "country": "NO",
    "time_zone": "Europe/Oslo",
    "email": "post@casa-alba.example",
    "phone": "",
    "website": "",
    "postal_address": "Strandgata 1, 6783 Stryn",
}
BAR = {"name": "Baren", "kind": "cafe", "time_zone": "Europe/Oslo"}


def test_the_house_can_be_renamed_and_the_log_says_which_field(as_alba, casa_alba):
    as_alba.post("/casa-alba/settings/", HOUSE | {"name": "Casa Alba & sønn"})

    casa_alba.refresh_from_db()
    assert casa_alba.name == "Casa Alba & sønn"
    assert list(casa_alba.audit_events.values_list("action", "fields")) == [
        ("amended", ["name"])
    ]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "This field is required."),
        ("email", "post at casa", "Enter a valid email address."),
        ("phone", "call me", "This does not look like a phone number."),
        ("time_zone", "Oslo", "Oslo is not one of the available choices."),
        ("country", "XX", "XX is not one of the available choices."),
        ("website", "no spaces please", "Enter a valid URL."),
    ],
)
@pytest.mark.filterwarnings("ignore:The default scheme will be changed")
def test_what_cannot_be_right_is_said_at_the_field_and_nothing_is_lost(
    as_alba, casa_alba, field, typed, sentence
):
    answer = as_alba.post(
        "/casa-alba/settings/", HOUSE | {"postal_address": "Ny gate 2", field: typed}
    )

    assert sentence in answer.text
    assert 'value="Ny gate 2"' in answer.text
    casa_alba.refresh_from_db()
    assert casa_alba.postal_address == "Strandgata 1, 6783 Stryn"


def test_a_venue_can_be_opened(as_alba, casa_alba):
    as_alba.post("/casa-alba/settings/venues/", BAR)

    assert list(
        casa_alba.venues.order_by("pk").values_list("name", "kind", "is_active")
    ) == [("Hotellet", "hotel", True), ("Baren", "cafe", True)]


@pytest.mark.parametrize("name", ["Hotellet", "HOTELLET"])
def test_two_venues_cannot_have_one_name(as_alba, casa_alba, name):
    answer = as_alba.post("/casa-alba/settings/venues/", BAR | {"name": name})

    assert "There is a venue with this name already." in answer.text
    assert casa_alba.venues.count() == 1


def test_renaming_a_venue_to_a_taken_name_is_refused(as_alba, casa_alba):
    bar = make_venue(casa_alba, "Baren")

    answer = as_alba.post(
        f"/casa-alba/settings/venues/{bar.uuid}/", BAR | {"name": "Hotellet"}
    )

    assert "There is a venue with this name already." in answer.text
    bar.refresh_from_db()
    assert bar.name == "Baren"


def test_a_venue_where_nothing_happened_goes_for_good(as_alba, casa_alba):
    bar = make_venue(casa_alba, "Baren")

    answer = as_alba.post(f"/casa-alba/settings/venues/{bar.uuid}/close/", follow=True)

    assert "Baren is gone. Nothing had happened there." in answer.text
    assert not Venue.objects.filter(pk=bar.pk).exists()


def test_a_venue_with_visits_is_closed_and_can_be_opened_again(as_alba, casa_alba):
    bar = make_venue(casa_alba, "Baren")
    visit = make_visit(make_guest(casa_alba), venue=bar)

    as_alba.post(f"/casa-alba/settings/venues/{bar.uuid}/close/")
    bar.refresh_from_db()
    was_active = bar.is_active
    as_alba.post(f"/casa-alba/settings/venues/{bar.uuid}/reopen/")
    bar.refresh_from_db()

    assert (was_active, bar.is_active) == (False, True)
    visit.refresh_from_db()
    assert visit.venue == bar


def test_the_last_venue_cannot_be_closed(as_alba, casa_alba):
    hotel = casa_alba.venues.get()

    answer = as_alba.post(
        f"/casa-alba/settings/venues/{hotel.uuid}/close/", follow=True
    )

    assert "A business needs at least one venue in use." in answer.text
    hotel.refresh_from_db()
    assert hotel.is_active


def test_a_role_is_changed_on_the_persons_page(as_alba, casa_alba):
    siv = make_staff(casa_alba, make_user(name="Siv Lie"), Staff.Role.STAFF)

    as_alba.post(
        f"/casa-alba/settings/staff/{siv.uuid}/", {"role": "manager", "venues": []}
    )

    siv.refresh_from_db()
    assert siv.role == Staff.Role.MANAGER


def test_the_last_owner_reads_why_the_role_stays(as_alba, casa_alba, alba):
    owner = casa_alba.staff.get(user=alba)

    answer = as_alba.post(
        f"/casa-alba/settings/staff/{owner.uuid}/", {"role": "viewer"}
    )

    assert "Somebody must be the owner. Make another person owner first." in answer.text


def test_anothers_venue_cannot_be_given_to_a_colleague(as_alba, casa_alba, bar_carla):
    siv = make_staff(casa_alba, make_user(name="Siv Lie"), Staff.Role.STAFF)

    answer = as_alba.post(
        f"/casa-alba/settings/staff/{siv.uuid}/",
        {"role": "staff", "venues": [bar_carla.venues.get().pk]},
    )

    assert answer.status_code == 200
    assert list(siv.venues.all()) == []


def test_access_ends_at_once(as_alba, casa_alba):
    siv = make_staff(casa_alba, make_user(name="Siv Lie"), Staff.Role.STAFF)

    answer = as_alba.post(f"/casa-alba/settings/staff/{siv.uuid}/remove/", follow=True)

    assert "Siv Lie no longer has access." in answer.text
    assert not casa_alba.staff.filter(pk=siv.pk).exists()
