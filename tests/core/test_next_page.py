import pytest

from crm.core.next_page import next_page_of

HOME = "/home/"


def test_a_form_says_where_it_came_from(rf):
    request = rf.post("/", {"next": "/solvik/today/?day=2026-11-22"})

    assert next_page_of(request, HOME) == "/solvik/today/?day=2026-11-22"


def test_an_address_says_it_too(rf):
    assert next_page_of(rf.post("/?next=/solvik/guests/"), HOME) == "/solvik/guests/"


def test_the_form_goes_before_the_address(rf):
    request = rf.post("/?next=/address/", {"next": "/form/"})

    assert next_page_of(request, HOME) == "/form/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "word",
        ".",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        " /today/",
    ],
)
def test_no_other_site_and_no_name_of_a_view(rf, elsewhere):
    assert next_page_of(rf.post("/", {"next": elsewhere}), HOME) == HOME
