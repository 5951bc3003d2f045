"""A visit written down while the guest stands there: few steps, few seconds."""

import re
import time
import uuid

import pytest

from tests.e2e.inspection import problems_of, watched

GUEST_PAGE = re.compile(r"/solvik/guests/[0-9a-f-]{36}/$")
# For a machine; a person types the name and the number in the seconds that are left.
SECONDS = 6


class Hand:
    """Does one thing after the other, and counts."""

    def __init__(self, page):
        self.page, self.steps, self.began = page, 0, time.monotonic()

    def tap(self, name, *, role="button"):
        self.steps += 1
        self.page.get_by_role(role, name=name).first.click()

    def write(self, label, text):
        self.steps += 1
        field = self.page.locator("main").get_by_label(re.compile(f"^{label}"))
        field.fill(text)

    @property
    def seconds(self):
        return time.monotonic() - self.began


def somebody():
    return f"Kari {uuid.uuid4().hex[:8].title()}"


def fresh_phone():
    return f"+47 9{uuid.uuid4().int % 10_000_000:07d}"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_a_walk_in_takes_four_steps(open_context, sign_in, width, scheme):
    context = open_context(width=width, scheme=scheme)
    sign_in(context)
    page, complaints = watched(context)
    page.goto("/solvik/today/")
    name = somebody()

    hand = Hand(page)
    hand.tap("New visit", role="link")
    hand.write("Name", name)
    hand.write("Phone or email", fresh_phone())
    hand.tap("They are here now")
    page.wait_for_url(GUEST_PAGE)

    assert hand.steps == 4
    assert hand.seconds < SECONDS
    assert page.get_by_role("heading", name="Here now").count() == 1
    assert complaints == []


def test_who_has_been_here_gets_a_visit_in_two_steps(open_context, sign_in):
    context = open_context()
    sign_in(context)
    page = context.new_page()
    page.goto("/solvik/guests/?q=nora+%C3%B8stby")
    page.locator(".people .who a").first.click()
    page.wait_for_url(GUEST_PAGE)

    hand = Hand(page)
    hand.tap("Add visit", role="link")
    page.wait_for_url(re.compile("/visits/new/"))
    hand.tap("Add visit")
    page.wait_for_url(GUEST_PAGE)

    assert (hand.steps, hand.seconds < SECONDS) == (2, True)


def test_a_walk_in_by_keyboard_alone(open_context, sign_in):
    context = open_context()
    sign_in(context)
    page = context.new_page()
    page.goto("/solvik/today/")
    page.get_by_role("link", name="New visit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/visits/new/"))

    page.keyboard.type(somebody())
    page.keyboard.press("Tab")
    page.keyboard.type(fresh_phone())
    page.keyboard.press("Enter")

    page.wait_for_url(GUEST_PAGE)
    assert page.get_by_role("heading", name="Here now").count() == 1


def test_who_is_in_the_register_drops_from_the_name(open_context, sign_in):
    context = open_context()
    sign_in(context)
    page, complaints = watched(context)
    page.goto("/solvik/visits/new/")

    page.get_by_label("Name", exact=True).press_sequentially("nora ø", delay=30)
    page.locator(".known-list a", has_text="Nora Østby").first.click()

    page.wait_for_url(re.compile(r"/guests/[0-9a-f-]{36}/visits/new/"))
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_lines_are_written_and_the_page_is_in_order(open_context, sign_in, scripts):
    context = open_context()
    sign_in(context)
    page, complaints = watched(context)
    page.goto("/solvik/visits/new/")
    hand = Hand(page)
    hand.write("Name", somebody())
    hand.tap("They are here now")
    page.wait_for_url(GUEST_PAGE)
    address = page.get_by_role("heading", name="Here now").locator("a")
    address = address.get_attribute("href")
    assert problems_of(page, complaints, address) == []

    plain = open_context(scripts=scripts)
    sign_in(plain)
    page = plain.new_page()
    page.goto(address)
    page.fill("[name=line-0-name]", "Soup")
    page.fill("[name=line-0-amount]", "180")
    page.get_by_role("button", name="Save the lines").click()

    page.locator("#lines .card-head", has_text="180").wait_for()
    page.goto(address)
    assert page.input_value("[name=spend]") == "180"
