"""Finding somebody without a mouse, from any page, also where the line is slow."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.inspection import AXE_RULES, watched
from tests.e2e.pages import OWNER

GUEST_PAGE = re.compile(r"/solvik/guests/[0-9a-f-]{36}/$")
SIZES = [pytest.param(1280, id="desk"), pytest.param(375, id="phone")]


@pytest.fixture
def page(open_context, sign_in):
    context = open_context()
    sign_in(context, OWNER)
    return context.new_page()


def focused(page):
    return page.evaluate(
        "document.activeElement.innerText || document.activeElement.name"
    )


def typed(page):
    return page.input_value("[data-search]")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("place", ["today/", "return/", "settings/", "guests/new/"])
def test_from_any_page_a_slash_a_few_letters_and_enter(
    open_context, sign_in, width, place
):
    context = open_context(width=width)
    sign_in(context, OWNER)
    page = context.new_page()
    page.goto(f"/solvik/{place}")
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("/")
    page.keyboard.type("nora ostb")
    expect(page.locator(".found a").first).to_contain_text("Nora Østby")
    page.keyboard.press("ArrowDown")
    assert "Nora Østby" in focused(page)
    page.keyboard.press("Enter")

    page.wait_for_url(GUEST_PAGE)
    expect(page.locator("h1")).to_contain_text("Nora Østby")


def test_arrows_walk_letters_go_on_and_escape_closes(page):
    page.goto("/solvik/today/")
    page.keyboard.press("/")
    page.keyboard.type("no")
    expect(page.locator(".found a")).not_to_have_count(0)

    page.keyboard.press("ArrowDown")
    first = focused(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) != first
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("ArrowUp")
    assert focused(page) == "q"

    page.keyboard.press("ArrowDown")
    page.keyboard.type("ra")
    assert (focused(page), typed(page)) == ("q", "nora")
    expect(page.locator(".found")).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_be_hidden()
    assert (focused(page), typed(page)) == ("q", "nora")
    page.keyboard.type(" ")
    expect(page.locator(".found")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_be_hidden()
    assert focused(page) == "q"


def test_who_listens_is_told_how_many_fit(page):
    page.goto("/solvik/today/")
    status = page.locator("#found-status")

    page.fill("[data-search]", "qqqqq")
    expect(status).to_have_text("Nobody fits that.")
    page.fill("[data-search]", "nora østby")
    expect(status).to_contain_text("Arrow down leads")
    page.fill("[data-search]", "")
    expect(status).to_have_text("")
    expect(page.locator(".found a")).to_have_count(0)


def test_a_typing_error_finds_them_and_somebody_new_is_a_line_away(page):
    page.goto("/solvik/today/")
    page.keyboard.press("/")
    page.keyboard.type("noar østbi")
    expect(page.locator(".found-list")).to_contain_text("New guest “noar østbi”")
    page.keyboard.type("zq")
    expect(page.locator(".found-list")).to_contain_text("Nobody fits that.")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/guests/new/"))
    assert page.input_value("[name=given_name]") == "Noar"
    assert page.input_value("[name=family_name]") == "Østbizq"


def test_a_late_answer_never_takes_the_place_of_a_newer_one(page):
    page.goto("/solvik/today/")

    def late(route):
        if route.request.url.endswith("q=nora"):
            time.sleep(1.5)
        route.continue_()

    page.route("**/solvik/guests/?q=*", late)
    with page.expect_request(re.compile("q=nora$")):
        page.locator("[data-search]").press_sequentially("nora")
    page.locator("[data-search]").press_sequentially(" qqqq")

    expect(page.locator(".found-list")).to_contain_text("New guest “nora qqqq”")
    page.wait_for_timeout(2_000)
    assert "New guest “nora qqqq”" in page.locator(".found-list").inner_text()


def test_on_the_list_arrows_lead_from_the_box_to_its_rows(page):
    page.goto("/solvik/guests/")
    page.keyboard.press("/")
    page.keyboard.type("nora østby")
    expect(page.locator("#results tbody th a").first).to_have_text("Nora Østby")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(GUEST_PAGE)


def test_without_scripts_enter_leads_to_all_who_fit(open_context, sign_in):
    context = open_context(scripts=False)
    sign_in(context, OWNER)
    page = context.new_page()
    page.goto("/solvik/today/")

    page.fill("[data-search]", "nora ostby")
    page.press("[data-search]", "Enter")

    page.wait_for_url(re.compile(r"/solvik/guests/\?q=nora\+ostby$"))
    expect(page.locator("#results tbody th a").first).to_have_text("Nora Østby")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_what_drops_from_the_box_can_be_read_by_everybody(
    open_context, sign_in, width, scheme
):
    context = open_context(width=width, scheme=scheme)
    sign_in(context, OWNER)
    page, complaints = watched(context)
    page.goto("/solvik/answers/")
    page.fill("[data-search]", "hansn")
    expect(page.locator(".found a").first).to_be_visible()

    problems = Axe().run(page, options=AXE_RULES).response["violations"]
    assert [each["id"] for each in problems] + complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
