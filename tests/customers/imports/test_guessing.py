import json
from datetime import date

import pytest

from customers.imports.fields import FIELDS, consent_fields
from customers.imports.guessing import House, Meaning, guess
from customers.imports.headings import HEADINGS
from customers.imports.tables import Line

SOLVIK = House("NO", "NOK", date(2026, 11, 22), {**FIELDS, **consent_fields()})


def guessed(header, *rows, remembered=(), kind="both"):
    sample = [Line(at, list(row)) for at, row in enumerate(rows, 2)]
    return guess(header, sample, list(remembered), SOLVIK, kind)


def fields_of(header, *rows, **how):
    return [meaning.field for meaning in guessed(header, *rows, **how)]


EXPORTS = {
    "English": "Reservation number;Guest name;E-mail;Mobile phone;Check-in;Check-out;Adults;Children;Total price;Room;Status;Country",
    "Norwegian": "Bestillingsnummer;Navn;E-post;Mobil;Ankomst;Avreise;Voksne;Barn;Totalbeløp;Rom;Status;Land",
    "Swedish": "Bokningsnummer;Namn;E-post;Mobilnummer;Ankomst;Avresa;Vuxna;Barn;Belopp;Rum;Status;Land",
    "Danish": "Bookingnummer;Navn;E-mail;Mobil;Ankomst;Afrejse;Voksne;Børn;Beløb;Værelse;Status;Land",
    "Finnish": "Varausnumero;Nimi;Sähköposti;Puhelin;Tulopäivä;Lähtöpäivä;Aikuiset;Lapset;Summa;Huone;Tila;Maa",
    "German": "Buchungsnummer;Name;E-Mail;Handy;Anreise;Abreise;Erwachsene;Kinder;Betrag;Zimmer;Status;Land",
    "camel case": "BookingId;GuestName;EmailAddress;PhoneNumber;ArrivalDate;DepartureDate;NumberOfAdults;NumberOfChildren;TotalAmount;RoomNumber;BookingStatus;CountryCode",
}  # fmt: skip
MEANT = [
    "visit.external_id", "guest.full_name", "guest.email", "guest.phone", "visit.arrival",
    "visit.departure", "visit.people", "visit.people", "visit.spend", "visit.label",
    "visit.state", "guest.country",
]  # fmt: skip
ROW = ["A1", "Nora Berg", "nora@post.no", "+47 900 12 345", "24.12.2024", "26.12.2024", "2", "0", "1 234,50", "12", "OK", "NO"]  # fmt: skip


@pytest.mark.parametrize("language", EXPORTS)
def test_the_usual_export_of_bookings_is_understood(language):
    assert fields_of(EXPORTS[language].split(";"), ROW) == MEANT


def test_every_heading_we_know_stands_for_something_we_keep():
    assert set(HEADINGS.values()) <= SOLVIK.fields.keys()


def test_how_cells_are_written_is_said_with_the_meaning():
    meanings = guessed(["Arrival", "Total"], ["01/02/2024", "1.234"])

    assert meanings == [
        Meaning(0, "Arrival", "visit.arrival", "dmy", sure=False),
        Meaning(1, "Total", "visit.spend", ",", sure=False),
    ]


def test_a_meaning_comes_back_from_json():
    meaning = Meaning(3, "Ankomst", "visit.arrival", "dmy", sure=False)

    assert Meaning.from_json(json.loads(json.dumps(meaning.as_json()))) == meaning


def test_a_heading_that_its_cells_deny_is_left_out():
    assert fields_of(["Date", "Email"], ["apples", "see note"]) == ["", ""]


def test_columns_without_names_are_told_by_what_they_hold():
    header = ["Column 1", "Column 2", "Column 3"]
    rows = [
        ["nora@post.no", "Nora Berg", "+47 900 12 345"],
        ["ola@post.no", "Ola Nordmann", "+47 900 12 346"],
    ]

    meanings = guessed(header, *rows)

    assert [(m.field, m.sure) for m in meanings] == [
        ("guest.email", False), ("guest.full_name", False), ("guest.phone", False),
    ]  # fmt: skip


def test_nobody_agrees_to_anything_by_what_stands_in_a_column():
    meanings = guessed(["Email", "Column 2", "Confirmed"], ["a@post.no", "yes", "yes"])

    assert [m.field for m in meanings] == ["guest.email", "", ""]


def test_a_column_of_refusals_is_turned_round():
    (meaning,) = guessed(["Unsubscribed"], ["yes"])

    assert (meaning.field, meaning.format) == ("consent.marketing.email", "turned")


def test_what_only_one_column_can_mean_goes_to_the_first_that_says_so():
    header = ["Name", "Guest name", "Email", "E-mail 2"]
    row = ["Nora Berg", "Nora", "a@post.no", "b@post.no"]

    assert fields_of(header, row) == [
        "guest.full_name",
        "",
        "guest.email",
        "guest.email",
    ]


def test_days_in_three_columns_are_put_together():
    header = ["arrival_date_year", "arrival_date_month", "arrival_date_day_of_month"]

    assert fields_of(header, ["2015", "July", "1"]) == [
        "visit.arrival_year", "visit.arrival_month", "visit.arrival_day",
    ]  # fmt: skip


def test_a_bare_number_is_the_bookings_where_there_are_bookings():
    with_visits = fields_of(["Id", "Name", "Arrival"], ["1", "Nora", "2024-01-02"])
    without = fields_of(["Id", "Name"], ["1", "Nora"])

    assert (with_visits[0], without[0]) == ("visit.external_id", "guest.external_id")


def test_a_file_of_guests_brings_no_visits():
    assert fields_of(["Name", "Arrival"], ["Nora", "2024-01-02"], kind="guests") == [
        "guest.full_name", "",
    ]  # fmt: skip


def test_what_was_said_the_last_time_holds():
    remembered = [
        Meaning(0, "Name", "guest.company"),
        Meaning(1, "X", "guest.city"),
    ]

    assert fields_of(["Name", "X"], ["Berg AS", "Oslo"], remembered=remembered) == [
        "guest.company", "guest.city",
    ]  # fmt: skip


def test_what_was_said_of_a_field_that_is_gone_is_guessed_again():
    remembered = [Meaning(0, "Name", "guest.custom.gone")]

    assert fields_of(["Name"], ["Nora Berg"], remembered=remembered) == [
        "guest.full_name"
    ]


@pytest.mark.parametrize(
    "header", ["Passport number", "Personnummer", "Credit card", "Created", "Title"]
)
def test_what_must_not_be_kept_or_says_nothing_is_left_out(header):
    assert fields_of([header], ["Nora Berg"], ["Ola Nordmann"]) == [""]


def test_people_are_not_counted_twice():
    header = ["Persons", "Adults", "Children"]

    assert fields_of(header, ["3", "2", "1"]) == ["", "visit.people", "visit.people"]
    assert fields_of(["Persons"], ["3"]) == ["visit.people"]


def test_how_many_wishes_there_are_is_no_note():
    assert fields_of(["Special requests"], ["2"], ["0"]) == [""]
