"""Pairs of guests in a browser: decided by one key each, and taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.inspection import problems_of, watched
from tests.e2e.pages import OWNER

LIST = "/solvik/guests/duplicates/"
ONE_PAIR = re.compile(r"/guests/duplicates/[0-9a-f-]{36}/$")


@pytest.fixture
def open_list(open_context, sign_in):
    def make(**options):
        context = open_context(**options)
        sign_in(context, OWNER)
        page, complaints = watched(context)
        page.goto(LIST)
        return page, complaints

    return make


def test_a_pair_is_put_off_and_told_apart_by_one_key_each(open_list):
    page, complaints = open_list()
    page.get_by_role("link", name="Look at them one by one").click()
    expect(page).to_have_url(ONE_PAIR)
    first = page.url

    page.keyboard.press("s")
    expect(page).not_to_have_url(first)
    expect(page).to_have_url(ONE_PAIR)
    second = page.url
    page.keyboard.press("n")
    expect(page).not_to_have_url(second)
    expect(page.get_by_text("They are two people")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page).to_have_url(second)
    expect(page.get_by_role("button", name="Two people")).to_be_visible()
    assert problems_of(page, complaints, page.url) == []


def test_the_same_guest_is_made_one_by_a_key_and_two_again(open_list):
    page, complaints = open_list()
    pairs = page.locator(".pairs > li")
    before = pairs.count()
    page.get_by_role("link", name="Look at them one by one").click()
    expect(page).to_have_url(ONE_PAIR)
    pair = page.url

    page.keyboard.press("m")
    expect(page.get_by_text("is one guest now.")).to_be_visible()
    expect(page).not_to_have_url(pair)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_load_state()
    page.goto(LIST)

    expect(pairs).to_have_count(before)
    assert problems_of(page, complaints, page.url) == []


def test_keys_do_nothing_where_something_is_typed(open_list):
    page, _complaints = open_list()
    page.get_by_role("link", name="Look at them one by one").click()
    expect(page).to_have_url(ONE_PAIR)
    pair = page.url

    page.locator("[data-search]").first.click()
    page.keyboard.type("nms")

    assert page.url == pair
    expect(page.locator("[data-search]").first).to_have_value("nms")


@pytest.mark.parametrize("width", [1280, 375])
def test_thresholds_say_what_they_would_do_before_they_are_kept(open_list, width):
    page, complaints = open_list(width=width)
    page.get_by_role("link", name="When it is certain").click()
    shown = page.locator(".bands dd").nth(1)
    few = int(shown.inner_text())

    page.get_by_label("Shown to you from").fill("40")
    page.keyboard.press("Tab")

    expect(page.locator(".bands dd").nth(2)).to_have_text("0")
    assert int(shown.inner_text()) > few
    assert problems_of(page, complaints, page.url) == []
