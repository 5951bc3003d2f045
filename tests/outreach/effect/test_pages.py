from tests.factories import make_guest
from tests.outreach.effect.test_counting import draw, make_news

EFFECT = "/casa-alba/outreach/effect/"


def test_a_house_without_offers_has_nothing_to_compare(as_alba):
    page = as_alba.get(EFFECT)

    assert page.context["rows"] == []
    assert "Nothing to compare yet" in page.content.decode()


def test_each_automation_says_what_it_shows_and_never_a_revenue(as_alba, casa_alba):
    news = make_news(casa_alba)
    make_news(casa_alba, name="Birthday", control_percent=0)
    draw(news, make_guest(casa_alba), days_ago=400)

    page = as_alba.get(EFFECT)

    words = page.content.decode()
    assert [row.automation.name for row in page.context["rows"]] == ["Birthday", "News"]
    assert words.count("Too few guests yet to say anything.") == 3
    assert words.count("Nobody is left out") == 1
    assert "revenue" not in words.lower()
