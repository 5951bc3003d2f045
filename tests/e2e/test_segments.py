"""A segment built by clicking, in a browser: seen to grow, kept, asked why."""

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


def choose(rule, label, option):
    """Choose in a rule and wait for what the builder makes of it."""
    page = rule.page
    with page.expect_response(lambda answer: answer.url == page.url):
        rule.get_by_label(label).select_option(label=option)
    expect(page.locator(".htmx-request")).to_have_count(0)


def press(group, name):
    page = group.page
    with page.expect_response(lambda answer: answer.url == page.url):
        group.locator(":scope > .buttons").get_by_role("button", name=name).click()
    expect(page.locator(".htmx-request")).to_have_count(0)


def add_rule(group, fact, operator=None):
    """Add a rule to a group of the builder and say what it is about; return it."""
    rules = group.locator(":scope > .rules > .rule")
    number = rules.count()
    press(group, "Rule")
    rule = rules.nth(number)
    choose(rule, "What", fact)
    if operator:
        choose(rule, "How it compares", operator)
    return rule


@pytest.mark.parametrize("width", SIZES)
def test_season_guests_from_sweden_who_have_not_been_seen_for_a_year(open_page, width):
    name = f"Winter Swedes {uuid.uuid4().hex[:6]}"
    page, complaints = open_page("/solvik/segments/", width=width)
    page.get_by_role("link", name="New segment").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    root = page.locator("#builder > .rule-group")

    country = add_rule(root, "Country")
    country.get_by_text("Sweden", exact=True).click()
    add_rule(root, "Visits").get_by_label("Value").fill("2")
    last = add_rule(root, "Last visit", "is longer ago than days")
    last.get_by_label("Value").fill("365")
    add_rule(root, "News and offers reach them by email")
    press(root, "On the same visit")
    visit = page.locator(".visit-group")
    season = visit.locator(".rule").first
    choose(season, "What", "Arrival")
    choose(season, "How it compares", "is in the month")
    season.get_by_text("January", exact=True).click()

    expect(page.locator("#sum")).to_contain_text("Sweden")
    expect(page.locator("#sum")).to_contain_text("January")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator(".say")).to_contain_text("Sweden")
    assert problems_of(page, complaints, page.url) == []
