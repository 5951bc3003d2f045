import re
from datetime import timedelta

import pytest

from crm.tenancy.models import Staff
from tests.factories import NOW, make_guest, make_segment, make_staff, make_user

pytestmark = pytest.mark.usefixtures("morning")

NEW = "/casa-alba/segments/new/"
SUM = "/casa-alba/segments/sum/"
FROM_SWEDEN = {"all": [{"field": "guest.country", "is": "one_of", "value": ["SE"]}]}
SWEDES = {
    "node": "n1:n0:rule",
    "n0-join": "all",
    "n1-field": "guest.country",
    "n1-is": "one_of",
    "n1-value": "SE",
}


@pytest.fixture
def as_manager(client, casa_alba):
    person = make_user(name="Bea Brun")
    make_staff(casa_alba, person, Staff.Role.MANAGER)
    client.force_login(person)
    make_guest(casa_alba, "Astrid Ek", country="SE")
    make_guest(casa_alba, "Nora Dal", country="NO")
    return client


def sent_by(page):
    """Return what the builder's form would send, without a button, as a browser does."""
    form = page[page.index('<form class="builder-page"') :]
    form = form[: form.index("</form>")]
    data = {}

    def put(name, value):
        data.setdefault(name, []).append(value)

    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (
            re.search(r'name="([^"]*)"', tag),
            re.search(r'value="([^"]*)"', tag),
        )
        if name and (" checked" in tag or 'type="checkbox"' not in tag):
            put(name[1], value[1] if value else "")
    for name, inner in re.findall(
        r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S
    ):
        options = re.findall(r'<option value="([^"]*)"( selected)?', inner)
        chosen = [value for value, mark in options if mark]
        if options:
            put(name, chosen[0] if chosen else options[0][0])
    for name, text in re.findall(
        r'<textarea name="([^"]*)"[^>]*>\s*(.*?)</textarea>', form, re.S
    ):
        put(name, text)
    data.pop("csrfmiddlewaretoken", None)
    return data


def step(client, url, data, act, **typed):
    """Press a button after typing; return what the answered page would send."""
    answer = client.post(url, {**data, **typed, "act": act})
    assert answer.status_code == 200
    return sent_by(answer.text)


def test_an_empty_builder_means_every_guest(as_manager):
    page = as_manager.get(NEW).text

    assert "No rules yet: that is every guest." in page
    assert '<p class="sum-number">2</p>' in page


def test_a_segment_is_built_by_plain_steps_of_the_form(as_manager, casa_alba):
    data = sent_by(as_manager.get(NEW).text)
    data = step(as_manager, NEW, data, "rule:n0", name="Swedes", strategy="Write")
    data = step(as_manager, NEW, data, "again", **{"n1-field": "guest.country"})
    data["n1-value"] = ["SE"]
    data = step(as_manager, NEW, data, "visit:n0")
    data = step(as_manager, NEW, data, "again", **{"n3-field": "visit.nights"})
    data |= {"n3-is": ["at_least"], "n3-value": ["3"], "n2-count": ["2"]}

    as_manager.post(NEW, data)

    segment = casa_alba.segments.get()
    assert (segment.name, segment.strategy) == ("Swedes", "Write")
    assert segment.rules == {
        "all": [
            {"field": "guest.country", "is": "one_of", "value": ["SE"]},
            {
                "visit": {
                    "all": [{"field": "visit.nights", "is": "at_least", "value": 3}]
                },
                "at_least": 2,
            },
        ]
    }


def test_what_was_kept_stands_in_the_form_again_and_saving_changes_nothing(
    as_manager, casa_alba
):
    rules = {
        "any": [
            {"field": "guest.country", "is": "one_of", "value": ["SE"]},
            {"none": [{"field": "guest.vip", "is": "yes"}]},
            {"field": "visits.spend", "is": "between", "value": [100_000, 250_050]},
            {"field": "visits.last_on", "is": "before", "value": "2026-01-31"},
            {
                "visit": {
                    "any": [
                        {"field": "visit.arrival", "is": "in_months", "value": [6, 7]},
                    ]
                },
                "at_most": 0,
            },
        ]
    }
    segment = make_segment(casa_alba, "All kinds", rules=rules)
    url = f"/casa-alba/segments/{segment.uuid}/edit/"
    data = sent_by(as_manager.get(url).text)

    answer = as_manager.post(url, data)

    kept = casa_alba.segments.get()
    assert answer.status_code == 302, answer.text
    assert (kept.rules, kept.updated_at) == (rules, segment.updated_at)


def test_taking_a_group_away_takes_what_is_in_it(as_manager):
    data = sent_by(as_manager.get(NEW).text)
    data = step(as_manager, NEW, data, "group:n0")
    data = step(as_manager, NEW, data, "rule:n0")

    data = step(as_manager, NEW, data, "remove:n1")

    assert data["node"] == ["n3:n0:rule"]


def test_what_is_wrong_is_said_at_the_rule_and_what_was_typed_stays(
    as_manager, casa_alba
):
    typed = {
        "name": "Big spenders",
        "node": "n1:n0:rule",
        "n1-field": "visits.spend",
        "n1-is": "at_least",
        "n1-value": "a lot",
    }

    page = as_manager.post(NEW, typed).text

    assert page.count("Write an amount such as 1 234,50.") == 3
    assert 'value="a lot"' in page
    assert 'value="Big spenders"' in page
    assert not casa_alba.segments.exists()


def test_a_rule_of_which_nothing_is_chosen_is_not_kept(as_manager, casa_alba):
    page = as_manager.post(NEW, {"name": "Nothing", "node": "n1:n0:rule"}).text

    assert "Choose what the rule is about." in page
    assert not casa_alba.segments.exists()


def test_a_name_is_there_only_once(as_manager, casa_alba):
    make_segment(casa_alba, "Swedes")

    page = as_manager.post(NEW, {"name": "Swedes", **SWEDES}).text

    assert "There is a segment with this name already." in page
    assert casa_alba.segments.count() == 1


def test_the_sum_is_said_while_somebody_types_and_nothing_is_kept(
    as_manager, casa_alba
):
    part = as_manager.post(SUM, SWEDES).text

    assert "Sweden" in part
    assert '<p class="sum-number">1</p>' in part
    assert "<html" not in part
    assert not casa_alba.segments.exists()


def test_htmx_gets_the_builder_alone(as_manager):
    part = as_manager.post(NEW, {"act": "rule:n0"}, headers={"hx-request": "true"}).text

    assert part.count('id="builder"') == 1
    assert "<html" not in part
    assert "autofocus" in part


def test_who_saves_over_somebody_else_is_told_first_and_loses_nothing(
    as_manager, casa_alba
):
    long_ago = NOW - timedelta(days=9)
    segment = make_segment(casa_alba, "Swedes", rules=FROM_SWEDEN, now=long_ago)
    url = f"/casa-alba/segments/{segment.uuid}/edit/"
    mine = sent_by(as_manager.get(url).text)
    theirs = sent_by(as_manager.get(url).text)
    as_manager.post(url, theirs | {"name": "People of Sweden"})

    answer = as_manager.post(url, mine | {"strategy": "Write in May"})
    kept = casa_alba.segments.get().name
    as_manager.post(url, sent_by(answer.text))

    assert "Somebody else saved this segment" in answer.text
    assert "It is now called “People of Sweden”" in answer.text
    assert kept == "People of Sweden"
    now = casa_alba.segments.get()
    assert (now.name, now.strategy) == ("Swedes", "Write in May")


@pytest.mark.parametrize(
    "odd",
    [
        {"node": ["n1:n9:rule", "x", "n1:n1:group", "n2::rule"]},
        {"node": [f"n{n + 1}:n{n}:group" for n in range(140)]},
        {"node": [f"n{n + 1}:n0:rule" for n in range(900)]},
        {"act": "rule:n77"},
        {"act": "visit"},
        {"n0-join": "perhaps", "node": "n1:n0:rule", "n1-field": "guest.gone"},
        {"node": "n1:n0:visit", "n1-count": "-1"},
        {"node": "n1:n0:rule", "n1-field": "a\0b"},
        SWEDES | {"n1-value": ["XX", "NO\0"]},
        SWEDES | {"n1-is": "in_months"},
        {"seen": "yesterday"},
    ],
)
def test_odd_forms_are_answered_in_words(as_manager, casa_alba, odd):
    answers = [as_manager.post(NEW, odd).status_code, as_manager.post(SUM, odd)]

    assert answers[0] == 200
    assert answers[1].status_code == 200
    assert not casa_alba.segments.exists()


def test_staff_below_a_manager_build_nothing(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.STAFF)
    client.force_login(person)

    assert client.post(NEW, SWEDES | {"name": "Mine"}).status_code == 403
    assert not casa_alba.segments.exists()


def test_another_way_to_compare_does_not_take_over_what_does_not_fit(as_manager):
    typed = {
        "node": "n1:n0:rule",
        "n1-was": "visits.last_on:DAYS",
        "n1-field": "visits.last_on",
        "n1-is": "in_months",
        "n1-value": "365",
        "act": "again",
    }

    page = as_manager.post(NEW, typed).text

    assert "January" in page
    assert "No longer there" not in page
    assert "365" not in page


def test_no_segment_is_named_or_described_with_a_card_number(as_manager, casa_alba):
    data = sent_by(as_manager.get(NEW).text)

    page = as_manager.post(NEW, data | {"name": "4111111111111111"})

    assert "There is a card number in this." in page.text
    assert not casa_alba.segments.exists()
