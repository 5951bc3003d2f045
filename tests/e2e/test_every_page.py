"""Every page, at both widths, in both colour schemes: no accessibility violation, no
policy violation, no error in the console, nothing sideways, few bytes."""

import re

import pytest

from tests.e2e.inspection import problems_of, watched
from tests.e2e.pages import (
    LINKED_PAGES,
    MISSING_PAGE,
    OWNER,
    PUBLIC_PAGES,
    STAFF_PAGES,
)

LOOKS = [
    pytest.param(1280, "light", id="desk light"),
    pytest.param(375, "dark", id="phone dark"),
]


def _addresses(page):
    found = []
    for start, pattern in LINKED_PAGES:
        page.goto(start)
        links = page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)")
        matching = [link for link in links if re.search(pattern, link)]
        assert matching, f"No link like {pattern} on {start}"
        found.append(matching[0])
    return found


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_staff_pages_are_accessible_and_keep_the_policy(
    open_context, sign_in, width, scheme
):
    context = open_context(width=width, scheme=scheme)
    sign_in(context, OWNER)
    page, complaints = watched(context)

    addresses = STAFF_PAGES + _addresses(page)
    problems = [
        problem
        for address in addresses
        for problem in problems_of(
            page,
            complaints,
            address,
            expected=404 if address == MISSING_PAGE else 200,
        )
    ]

    assert problems == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_public_pages_are_accessible_and_keep_the_policy(open_context, width, scheme):
    page, complaints = watched(open_context(width=width, scheme=scheme))

    problems = [
        problem
        for address in PUBLIC_PAGES
        for problem in problems_of(
            page,
            complaints,
            address,
            expected=404 if address == MISSING_PAGE else 200,
        )
    ]

    assert problems == []


@pytest.mark.parametrize(
    ("address", "person", "limit"),
    [
        pytest.param("/solvik/today/", OWNER, 60_000, id="today"),
        pytest.param("/solvik/guests/", OWNER, 60_000, id="guest list"),
        pytest.param("/solvik/return/", OWNER, 60_000, id="dashboard"),
        pytest.param("/accounts/login/", None, 60_000, id="sign-in"),
    ],
)
def test_a_first_load_is_light(open_context, sign_in, address, person, limit):
    context = open_context()
    if person:
        sign_in(context, person)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received = []
    session.on(
        "Network.loadingFinished",
        lambda event: received.append(event["encodedDataLength"]),
    )

    page.goto(address, wait_until="networkidle")

    weight = sum(received)
    print(f"\n{address}: {weight / 1000:.1f} kB in {len(received)} requests")
    assert 0 < weight < limit
