"""The desk all day: two people at it, half-typed words, a line that breaks, no mouse."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.inspection import problems_of, watched
from tests.e2e.pages import OWNER

# Today looks for news this often, in milliseconds, and a little for the way.
NEWS = 25_000
SIZES = [pytest.param(1280, id="desk"), pytest.param(375, id="phone")]


@pytest.fixture
def desk(open_context, sign_in):
    """Return a maker of pages of the same person, each as if at another desk."""

    def make(address="/solvik/today/", **options):
        context = open_context(**options)
        sign_in(context, OWNER)
        page, complaints = watched(context)
        page.goto(address)
        return page, complaints

    return make


@pytest.fixture
def arrival(desk):
    """Write down a new guest who comes today, and return the name and the page."""

    def make():
        name = f"Zoe {uuid.uuid4().hex[:6].capitalize()}"
        page, _complaints = desk("/solvik/guests/new/")
        page.fill("[name=display_name]", name)
        page.locator("main form [type=submit]").last.click()
        page.wait_for_url(re.compile(r"/guests/[0-9a-f-]{36}/$"))
        address = page.url
        page.goto(f"{address}visits/new/")
        page.get_by_role("button", name="Add visit").click()
        page.wait_for_url(re.compile(r"/guests/[0-9a-f-]{36}/"))
        return name, address

    return make


def card_of(page, name):
    return page.locator(".visit-card", has_text=name)


def see_whole(page, name):
    """Let the page show one guest only, as if somebody had typed the name."""
    page.fill("#day-find [name=find]", name)
    expect(page.locator(".visit-card")).to_have_count(1)


def test_one_taps_and_the_other_sees_it(desk, arrival):
    name, _address = arrival()
    first, _ = desk()
    second, complaints = desk()
    button = card_of(second, name).get_by_role("button", name="Arrived")
    expect(button).to_be_visible()
    # Another card is just being read: its fold stays open, and so do its elements.
    other = second.locator(".visit-card", has=second.locator(".folded")).first
    other.locator(".folded").click()
    other = second.locator(".visit-card", has=second.locator(".service[open]"))
    other.evaluate("card => { card.isTheSame = true; }")

    card_of(first, name).get_by_role("button", name="Arrived").click()
    expect(first.locator(".toast", has_text=f"{name} has arrived.")).to_be_visible()

    moved = second.locator("#group-staying, #group-leaving").locator(
        ".visit-card", has_text=name
    )
    expect(moved).to_have_count(1, timeout=NEWS)
    expect(card_of(second, name)).to_have_count(1)
    expect(other.locator(".service[open]")).to_have_count(1)
    assert other.evaluate("card => card.isTheSame === true")
    # Nobody is told about what a colleague did: the card says it.
    assert second.locator(".toast").count() == 0
    assert complaints == []


def test_what_somebody_is_typing_is_left_alone(desk, arrival):
    name, _address = arrival()
    first, _ = desk()
    second, _ = desk()
    card = card_of(second, name)
    card.get_by_role("link", name="Promise something").click()
    words = card.locator(".promise-form input[type=text]").first
    words.type("A room with")

    card_of(first, name).get_by_role("button", name="Arrived").click()
    expect(first.locator(".toast", has_text=name)).to_be_visible()
    second.evaluate("window.dispatchEvent(new Event('online'))")
    second.wait_for_timeout(1500)

    expect(words).to_have_value("A room with")
    expect(words).to_be_focused()
    words.fill("")
    second.evaluate("document.activeElement.blur()")


def test_finding_on_the_page_follows_the_typing(desk, arrival):
    name, _address = arrival()
    page, complaints = desk()
    everybody = page.locator(".visit-card").count()

    page.fill("#day-find [name=find]", name.upper())
    expect(page.locator(".visit-card")).to_have_count(1)
    page.fill("#day-find [name=find]", "qqqqq")
    expect(page.locator("#day-nobody")).to_be_visible()
    page.fill("#day-find [name=find]", "")

    expect(page.locator(".visit-card")).to_have_count(everybody)
    assert complaints == []


def test_finding_works_without_scripts(open_context, sign_in, arrival):
    name, _address = arrival()
    context = open_context(scripts=False)
    sign_in(context, OWNER)
    page = context.new_page()
    page.goto("/solvik/today/")

    page.fill("#day-find [name=find]", name)
    page.press("#day-find [name=find]", "Enter")
    assert page.locator(".visit-card").count() == 1

    page.get_by_role("button", name="Arrived").click()
    assert page.locator(".toast", has_text=f"{name} has arrived.").count() == 1


def test_after_leaving_the_card_stays_and_asks_about_the_next_visit(desk, arrival):
    name, _address = arrival()
    page, _ = desk()
    see_whole(page, name)
    card = page.locator(".visit-card")
    card.get_by_role("button", name="Arrived").click()
    expect(page.locator(".toast", has_text="has arrived")).to_be_visible()
    page.reload()
    see_whole(page, name)

    card.get_by_role("button", name="Departed").click()

    expect(card.get_by_text("Coming again?")).to_be_visible()
    card.get_by_role("button", name="Not now").click()
    expect(card.get_by_text("Asked, not now")).to_be_visible()
    expect(page.locator(".visit-card", has_text="Left")).to_have_count(1)


def test_an_undo_brings_the_card_back(desk, arrival):
    name, _address = arrival()
    page, _ = desk()
    card_of(page, name).get_by_role("button", name="Did not come").click()
    page.locator(".toast", has_text=name).get_by_role("button", name="Undo").click()

    expect(card_of(page, name).get_by_role("button", name="Arrived")).to_be_visible()


def test_a_broken_line_is_said_and_mends_by_itself(desk):
    page, _ = desk()
    cards = page.locator(".visit-card").count()
    page.context.set_offline(True)
    for _again in range(2):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
    expect(page.locator("#day-trouble")).to_contain_text("cannot be reached")
    assert page.locator(".visit-card").count() == cards

    page.context.set_offline(False)

    expect(page.locator("#day-trouble")).to_be_hidden()


def test_who_is_signed_out_is_told_and_asks_no_more(open_context, product):
    context = open_context()
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "owner@mane.example")
    page.fill("input[name=password]", "gjensyn-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^(?!.*/accounts/login/).*$"))
    page.goto("/mane/today/")
    context.clear_cookies(name="sessionid")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("#day-trouble")).to_contain_text("signed out")
    expect(page.locator("#day-trouble a")).to_have_attribute("href", "/mane/today/")
    before = len(asked)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert len(asked) == before


@pytest.mark.parametrize("width", SIZES)
def test_the_whole_work_without_a_mouse(desk, arrival, width):
    name, address = arrival()
    page, complaints = desk(width=width)
    keys = page.keyboard

    # Find a guest, and open the page.
    keys.press("/")
    keys.type(name)
    expect(page.locator(".found a").first).to_contain_text(name)
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url(address)

    # Note a thing.
    tab_to(page, "link", "Note")
    keys.press("Enter")
    keys.type("Likes the corner room")
    tab_to(page, "button", "Note it")
    keys.press("Enter")
    expect(
        page.locator(".timeline").get_by_text("Likes the corner room")
    ).to_be_visible()

    # Back to the day; find the card, and say that the guest has arrived.
    page.goto("/solvik/today/")
    tab_to(page, "searchbox", "Find on this day")
    keys.type(name)
    expect(page.locator(".visit-card")).to_have_count(1)
    keys.press("ArrowDown")
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    tab_to(page, "button", re.compile("^Arrived"))
    keys.press("Enter")
    expect(page.locator(".toast", has_text=f"{name} has arrived.")).to_be_visible()
    expect(page.locator(".visit-card")).to_be_focused()

    assert complaints == []
    for place in (address, "/solvik/today/"):
        assert problems_of(page, complaints, place) == []


def tab_to(page, role, name):
    """Press Tab until the wanted element has the focus; it must not take for ever."""
    wanted = page.get_by_role(role, name=name).first
    for _stop in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {role} {name}.")


def test_a_phone_at_the_door_has_room_for_thumbs(desk):
    page, _ = desk(width=375, height=740)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".person-act .button")]
            .map((button) => button.getBoundingClientRect())
            .filter((box) => box.height < 40 || box.width < 40).length"""
    )

    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(300)
    box = page.locator("#day-find [name=find]").bounding_box()

    assert small == 0
    # The find box stays at hand, however far down the list one is.
    assert 0 <= box["y"] < 60


def test_paper_has_no_buttons_and_no_needs_that_were_not_opened(desk):
    page, _ = desk()
    page.emulate_media(media="print")

    shown = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, nav, .face, .badge.brick")]
            .filter((part) => part.closest(".page"))
            .filter((part) => !part.closest(".person-line"))
            .filter((part) => part.checkVisibility() && !part.matches(".due"))
            .map((part) => part.outerHTML.slice(0, 80))"""
    )

    assert shown == []
    assert page.locator(".visit-card").first.is_visible()
