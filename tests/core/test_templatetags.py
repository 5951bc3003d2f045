from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.utils import timezone, translation

from crm.core.toasts import undo_url_of

THIN = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
TODAY = date(2026, 11, 22)


def render(source, **context):
    with translation.override("en"), timezone.override("Europe/Oslo"):
        return Template(source).render(Context({"today": TODAY, **context}))


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ value|thin }}", 2316, f"2{THIN}316"),
        ("{{ value|thin }}", None, "–"),
        ("{{ value|decimal }}", 4.25, "4.3"),
        ("{{ value|signed }}", 46.6, "+47"),
        ("{{ value|percent }}", 0.231, f"23{SPACE}%"),
        ("{{ value|percent }}", None, "–"),
        ("{{ value|money:'NOK' }}", 4_820_000, f"48{THIN}200{SPACE}kr"),
        ("{{ value|money:'NOK' }}", None, "–"),
        ("{{ value|initials }}", "Nora Østby", "NØ"),
        ("{{ value|day:today }}", date(2026, 11, 21), "yesterday"),
        ("{{ value|day:today }}", None, "–"),
        ("{{ value|full_date }}", date(2026, 11, 21), "21 Nov 2026"),
        ("{{ value|ago_days:today }}", date(2026, 11, 12), "10 days ago"),
        ("{{ value|in_days }}", 77, "11 weeks"),
    ],
)
def test_values_look_as_people_write_them(source, value, expected):
    assert render(source, value=value) == expected


def test_money_knows_the_currency_of_a_business():
    business = SimpleNamespace(currency="EUR")

    assert render("{{ 1250|money:business }}", business=business) == "€12.50"


def test_an_interval_is_silent_when_it_is_not_known():
    assert render("{% interval low high %}", low=41, high=47) == "41–47"
    assert render("{% interval low high %}", low=None, high=None) == ""
    assert render("{% share_interval low high %}", low=0.41, high=0.474) == (
        f"41–47{SPACE}%"
    )


def test_instants_are_shown_on_the_wall_of_the_business():
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert render("{{ late|day:today }} {{ late|clock }}", late=late) == "today 00:30"
    assert render("{{ late|moment:today }}", late=late) == "today 00:30"


def test_a_time_tag_is_exact_for_machines():
    assert render("{{ value|time_tag:today }}", value=date(2026, 11, 19)) == (
        '<time datetime="2026-11-19" title="19 Nov 2026">19 Nov</time>'
    )


def test_an_icon_is_silent_unless_it_stands_alone():
    assert 'aria-hidden="true"' in render("{% icon 'guests' %}")
    assert 'role="img" aria-label="More"' in render("{% icon 'more' 'More' %}")


def test_icons_of_the_house_are_drawn_without_style():
    assert "style" not in render("{% icon 'stay' %}{% icon 'table' %}{% icon 'tour' %}")


@pytest.mark.parametrize(
    ("level", "tone"),
    [
        (messages.SUCCESS, "leaf"),
        (messages.WARNING, "brass"),
        (messages.ERROR, "brick"),
    ],
)
def test_a_message_has_the_colour_of_what_it_says(level, tone):
    assert render("{{ message|tone }}", message=Message(level, "Hello")) == tone


@pytest.mark.parametrize(
    ("tags", "address"),
    [("undo:/solvik/visits/1/undo/", "/solvik/visits/1/undo/"), ("", ""), (None, "")],
)
def test_a_toast_knows_the_way_back(tags, address):
    assert undo_url_of(tags) == address
