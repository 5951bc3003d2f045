"""An old list in a browser: chosen, looked at, brought in and taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.inspection import problems_of, watched
from tests.e2e.pages import OWNER

LIST = "/solvik/guests/import/"
COLUMNS = re.compile(r"/guests/import/[0-9a-f-]{36}/columns/$")
# A worker takes it from here.
LONG = 60_000
BOOKINGS = (
    "Booking nr;Navn;E-post;Ankomst;Avreise;Beløp;Passnummer\n"
    "Å1;Torbjørg Ædelsten;torbjorg@epost.example;1.2.2019;3.2.2019;1 234,50;N1234567\n"
    "Å2;Sjur Ædelsten;sjur@epost.example;31.2.2019;3.3.2019;99;\n"
)


@pytest.fixture
def open_list(open_context, sign_in):
    def make(**options):
        context = open_context(**options)
        sign_in(context, OWNER)
        page, complaints = watched(context)
        page.goto(LIST)
        return page, complaints

    return make


def choose(page):
    page.get_by_label("The file").set_input_files(
        {
            "name": "old.csv",
            "mimeType": "text/csv",
            "buffer": BOOKINGS.encode("cp1252"),
        }
    )
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(COLUMNS)


def test_a_list_is_looked_at_brought_in_and_taken_back(open_list):
    page, complaints = open_list()
    choose(page)
    assert "N1234567" not in page.content()
    page.get_by_label("Where the visits were").select_option(index=1)
    page.get_by_role("button", name="See what would happen").click()

    expect(page.get_by_text("What would happen")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("1 line cannot be used as it is.")).to_be_visible()
    detail = page.url
    assert problems_of(page, complaints, detail) == []
    assert problems_of(page, complaints, f"{detail}problems/") == []
    assert problems_of(page, complaints, f"{detail}columns/") == []
    page.goto(detail)
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("button", name="Take it all back")).to_be_visible(
        timeout=LONG
    )
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the lines left out").click()
    assert "Sjur" in saved.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Take it all back").click()
    page.get_by_role("button", name="Yes", exact=True).click()

    expect(page.get_by_text("The register is as it was before.")).to_be_visible(
        timeout=LONG
    )


def test_a_list_is_brought_in_without_scripts_on_a_phone(open_list):
    page, _complaints = open_list(scripts=False, width=375, height=800)
    choose(page)
    page.get_by_label("Where the visits were").select_option(index=1)
    page.get_by_role("button", name="See what would happen").click()
    for _look in range(60):
        again = page.get_by_role("link", name="Look again")
        if not again.count():
            break
        page.wait_for_timeout(1000)
        again.click()
    page.get_by_role("button", name="Delete the file").click()

    expect(page.get_by_text("Nothing of it was brought in.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
