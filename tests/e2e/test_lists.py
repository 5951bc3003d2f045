"""The long lists in a browser: narrowed in place, by keyboard, tagged and taken along."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.inspection import problems_of, watched
from tests.e2e.pages import OWNER

SIZES = [pytest.param(1280, id="desk"), pytest.param(375, id="phone")]


@pytest.fixture
def open_page(open_context, sign_in):
    def make(address, **options):
        context = open_context(**options)
        sign_in(context, OWNER)
        page, complaints = watched(context)
        page.goto(address)
        return page, complaints

    return make


@pytest.mark.parametrize("width", SIZES)
def test_a_list_is_narrowed_in_place_and_can_be_shared(open_page, width):
    page, complaints = open_page("/solvik/guests/", width=width)

    page.get_by_text("More filters").click()
    page.get_by_label("Only VIP").check()
    expect(page.locator(".chip")).to_contain_text(["who are VIP"])
    page.get_by_label("Visits, at least").fill("2")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile(r"/guests/\?vip=on&visits=2$"))
    names = page.locator(".who a").all_inner_texts()

    other, _complaints = open_page(page.url)
    assert other.locator(".who a").all_inner_texts() == names != []
    page.go_back()
    expect(page).to_have_url(re.compile(r"/guests/\?vip=on$"))
    assert problems_of(page, complaints, page.url) == []


def test_what_is_typed_and_what_is_chosen_narrow_together(open_page):
    page, _complaints = open_page("/solvik/guests/?vip=on")

    page.keyboard.press("/")
    page.keyboard.type("nora")
    expect(page).to_have_url(re.compile(r"\?q=nora&vip=on$"))
    page.locator(".chip").click()

    expect(page).to_have_url(re.compile(r"\?q=nora$"))
    expect(page.locator("#filter_vip")).not_to_be_checked()


@pytest.mark.parametrize("width", SIZES)
def test_tagging_several_by_keyboard_and_taking_it_back(open_page, width):
    tag = f"Quiet {uuid.uuid4().hex[:6]}"
    page, complaints = open_page("/solvik/guests/?visits=20&order=name", width=width)
    page.get_by_text("Tag several").press("Enter")
    boxes = page.locator("td.choose input")
    for number in (0, 2):
        boxes.nth(number).press("Space")
    page.fill("#bulk-new", tag)
    page.get_by_role("button", name="Put it on").press("Enter")
    expect(page.locator(".toast")).to_contain_text("is on 2 more guests")
    page.goto("/solvik/guests/")
    page.select_option("#filter_tag", label=tag)
    expect(page.locator(".list-count")).to_have_text("2 guests")
    page.go_back()

    page.get_by_text("Tag several").press("Enter")
    page.select_option("#bulk-tag", label=tag)
    page.get_by_label("Everybody").check()
    page.get_by_role("button", name="Take it off").click()
    expect(page.locator("#job")).to_contain_text("is off 2 guests", timeout=30_000)
    assert complaints == []


def test_without_scripts_a_list_is_narrowed_and_taken_along(open_page):
    page, _complaints = open_page("/solvik/visits/", scripts=False)

    page.select_option("#filter_period", "year")
    page.select_option("#filter_state", "no_show")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.url.endswith("/visits/?period=year&state=no_show")
    page.get_by_role("link", name="Save as a file").click()
    page.get_by_role("button", name="Make the file").click()

    expect(page.locator("#job")).to_be_visible()
