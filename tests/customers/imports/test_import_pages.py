import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Staff
from tests.factories import make_staff, make_user, make_venue

BOOKINGS = (
    "Booking nr;Navn;E-post;Mobil;Ankomst;Avreise;Beløp;Voksne\n"
    "1;Nora Berg;nora@post.example;900 12 345;24.12.2024;26.12.2024;1 234,50;2\n"
    "2;Ola Nordmann;ola@post.example;;1.2.2025;3.2.2025;999,-;2\n"
    "3;Kari Vik;kari@post.example;;32.2.2025;3.3.2025;10;1\n"
).encode()


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def upload(client, content=BOOKINGS, name="bookings.csv", kind="both", **more):
    file = SimpleUploadedFile(name, content)
    return client.post(
        "/casa-alba/guests/import/", {"file": file, "kind": kind, **more}
    )


def as_guessed(batch):
    """Return what the page of columns sends when nothing on it is changed."""
    said = {f"field-{m['column']}": m["field"] for m in batch.meanings}
    said |= {f"format-{m['column']}": m["format"] for m in batch.meanings}
    return {**said, "kind": batch.kind}


def read(client, business, **changed):
    upload(client)
    batch = business.imports.get()
    client.post(
        f"/casa-alba/guests/import/{batch.uuid}/columns/", as_guessed(batch) | changed
    )
    run_jobs()
    return business.imports.get()


@pytest.fixture
def ready(as_alba, casa_alba):
    return read(as_alba, casa_alba)


def test_a_file_leads_to_what_its_columns_mean(as_alba, casa_alba):
    answer = upload(as_alba)

    batch = casa_alba.imports.get()
    assert answer.url == f"/casa-alba/guests/import/{batch.uuid}/columns/"
    page = as_alba.get(answer.url).content.decode()
    assert 'option value="visit.arrival" selected' in page
    assert "nora@post.example" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n0000", "This is not a table."),
        (b'a,b\n1,"x\n', "a quotation mark is opened and never closed"),
    ],
)
def test_what_is_no_table_is_said_at_the_field_and_nothing_is_kept(
    as_alba, casa_alba, content, sentence
):
    answer = upload(as_alba, content)

    assert sentence in answer.content.decode()
    assert (casa_alba.imports.count(), casa_alba.files.count()) == (0, 0)


def test_a_form_without_a_file_asks_for_one(as_alba, casa_alba):
    answer = as_alba.post("/casa-alba/guests/import/", {"kind": "nonsense"})

    assert "Choose a file." in answer.content.decode()
    assert casa_alba.imports.count() == 0


def test_numbers_of_passports_are_not_shown_among_the_first_values(as_alba, casa_alba):
    upload(as_alba, b"Name,Passport no\nNora Berg,N1234567\n", kind="guests")

    page = as_alba.get(
        f"/casa-alba/guests/import/{casa_alba.imports.get().uuid}/columns/"
    ).content.decode()

    assert ("•••" in page, "N1234567" in page) == (True, False)


def test_the_preview_says_what_would_happen_and_changes_nothing(
    as_alba, casa_alba, ready
):
    page = as_alba.get(f"/casa-alba/guests/import/{ready.uuid}/").content.decode()

    assert ready.state == "ready"
    assert "What would happen" in page
    assert "There is no such day." in page
    assert "Nora Berg" in page
    assert (casa_alba.guests.count(), casa_alba.visits.count()) == (0, 0)


def test_problems_stand_line_by_line(as_alba, ready):
    page = as_alba.get(
        f"/casa-alba/guests/import/{ready.uuid}/problems/?code=no_such_day"
    ).content.decode()

    assert "32.2.2025" in page
    assert "The line is left out" in page


def test_what_is_brought_in_can_be_taken_back(as_alba, casa_alba, ready):
    address = f"/casa-alba/guests/import/{ready.uuid}/"

    as_alba.post(f"{address}bring-in/")
    run_jobs()
    brought = (casa_alba.guests.count(), casa_alba.visits.count())
    done = as_alba.get(address).content.decode()
    as_alba.post(f"{address}take-back/")
    run_jobs()

    assert brought == (2, 2)
    assert "Take it all back" in done
    assert (casa_alba.guests.count(), casa_alba.visits.count()) == (0, 0)
    assert "The register is as it was before." in as_alba.get(address).content.decode()


def test_the_lines_left_out_are_saved_with_what_to_correct(as_alba, ready):
    answer = as_alba.post(f"/casa-alba/guests/import/{ready.uuid}/left-out/")

    text = b"".join(as_alba.get(answer.url).streaming_content).decode("utf-8-sig")
    assert "Kari Vik" in text
    assert "Nora Berg" not in text


def test_a_file_can_be_deleted_before_anything_is_brought_in(as_alba, casa_alba, ready):
    as_alba.post(f"/casa-alba/guests/import/{ready.uuid}/discard/")
    answer = as_alba.post(f"/casa-alba/guests/import/{ready.uuid}/bring-in/")

    assert casa_alba.imports.get().state == "discarded"
    assert "not ready" in as_alba.get(answer.url).content.decode()
    assert casa_alba.guests.count() == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"field-4": ""}, "Say which column holds the day of arrival."),
        ({"field-1": ""}, "Say which column holds the guests&#x27; names."),
        ({"field-0": "guest.full_name"}, "Another column says this already."),
    ],
)
def test_columns_that_do_not_fit_together_are_asked_about(
    as_alba, casa_alba, changed, sentence
):
    upload(as_alba)
    batch = casa_alba.imports.get()

    answer = as_alba.post(
        f"/casa-alba/guests/import/{batch.uuid}/columns/", as_guessed(batch) | changed
    )

    assert sentence in answer.content.decode()
    assert casa_alba.imports.get().state == "received"


def test_a_column_that_is_given_days_asks_how_they_are_written(as_alba, casa_alba):
    upload(as_alba, b"Name,X\nNora Berg,01/02/1970\n", kind="guests")
    batch = casa_alba.imports.get()
    address = f"/casa-alba/guests/import/{batch.uuid}/columns/"

    asked = as_alba.post(
        address,
        {"field-0": "guest.full_name", "field-1": "guest.birthday", "kind": "guests"},
    )

    assert "Look at how this is written" in asked.content.decode()
    assert casa_alba.imports.get().state == "received"


def test_two_venues_ask_where_the_visits_were(as_alba, casa_alba):
    other = make_venue(casa_alba, "Kaien")
    upload(as_alba)
    batch = casa_alba.imports.get()
    address = f"/casa-alba/guests/import/{batch.uuid}/columns/"

    asked = as_alba.post(address, as_guessed(batch) | {"venue": ""})
    as_alba.post(address, as_guessed(batch) | {"venue": str(other.uuid)})

    assert "Choose the venue where these visits were." in asked.content.decode()
    assert casa_alba.imports.get().venue == other


def test_while_it_is_at_work_the_page_says_how_far_it_is(as_alba, casa_alba):
    upload(as_alba)
    batch = casa_alba.imports.get()
    as_alba.post(f"/casa-alba/guests/import/{batch.uuid}/columns/", as_guessed(batch))
    address = f"/casa-alba/guests/import/{batch.uuid}/"

    at_work = as_alba.get(address, headers={"HX-Request": "true"})
    as_alba.post(f"{address}stop/")
    run_jobs()
    after = as_alba.get(address, headers={"HX-Request": "true"})

    assert "It starts in a moment" in at_work.content.decode()
    assert after["HX-Refresh"] == "true"


def test_nobody_else_sees_an_import(client, ready, carla, casa_alba):
    hanna = make_user("hanna@casa-alba.example")
    make_staff(casa_alba, hanna, Staff.Role.STAFF)
    answers = []
    for person in (carla, hanna):
        client.force_login(person)
        for part in ("", "columns/", "problems/"):
            path = f"/casa-alba/guests/import/{ready.uuid}/{part}"
            answers.append(client.get(path).status_code)

    assert answers == [404] * 3 + [403] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    as_alba, django_assert_max_num_queries, count
):
    for _number in range(count):
        upload(as_alba)

    with django_assert_max_num_queries(14):
        as_alba.get("/casa-alba/guests/import/")


def test_looking_at_what_was_stopped_writes_nothing(as_alba, casa_alba):
    upload(as_alba)
    batch = casa_alba.imports.get()
    as_alba.post(f"/casa-alba/guests/import/{batch.uuid}/columns/", as_guessed(batch))
    as_alba.post(f"/casa-alba/guests/import/{batch.uuid}/stop/")
    run_jobs()

    page = as_alba.get(f"/casa-alba/guests/import/{batch.uuid}/").content.decode()

    assert "You stopped it." in page
    assert casa_alba.imports.get().state == "reading"


def test_what_was_stopped_can_be_read_again(as_alba, casa_alba):
    upload(as_alba)
    batch = casa_alba.imports.get()
    address = f"/casa-alba/guests/import/{batch.uuid}/"
    as_alba.post(f"{address}columns/", as_guessed(batch))
    as_alba.post(f"{address}stop/")
    run_jobs()

    as_alba.post(f"{address}columns/", as_guessed(batch))
    run_jobs()

    assert casa_alba.imports.get().state == "ready"


def test_all_addresses_that_stand_in_one_cell_are_kept(as_alba, casa_alba):
    upload(as_alba, b"Name;Email\nNora Berg;a@post.no, b@work.no\n", kind="guests")
    batch = casa_alba.imports.get()
    address = f"/casa-alba/guests/import/{batch.uuid}/"
    as_alba.post(f"{address}columns/", as_guessed(batch))
    run_jobs()

    as_alba.post(f"{address}bring-in/")
    run_jobs()

    points = casa_alba.guests.get().contact_points.order_by("normalized")
    assert [point.normalized for point in points] == ["a@post.no", "b@work.no"]
