from datetime import timedelta

import pytest

from crm.tenancy.models import Staff
from customers.badges import badges_of
from customers.models import GuestTag, Tag
from customers.profile.tag_settings import clear_removed_tags
from customers.profile.tags import give_tag, tags_of
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_tag,
    make_user,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

Rule = Tag.Rule
HTMX = {"hx-request": "true"}
SETTINGS = "/casa-alba/settings/tags/"


@pytest.fixture
def as_staff(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.STAFF)
    client.force_login(person)
    return client


@pytest.fixture
def as_manager(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.MANAGER)
    client.force_login(person)
    return client


def url_of(guest, path=""):
    return f"/casa-alba/guests/{guest.uuid}/{path}"


def names_of(guest):
    tags = tags_of(guest.business, [guest.pk], today=TODAY)[guest.pk]
    return [tag.name for tag in tags]


# On the guest page


def test_a_word_typed_on_the_guest_page_becomes_a_tag(as_staff, nora):
    page = as_staff.post(url_of(nora, "tags/"), {"name": "Sails"}, follow=True).text

    assert names_of(nora) == ["Sails"]
    assert "Take “Sails” away" in page


def test_htmx_gets_the_panel_and_the_words_beside_the_name(as_staff, nora):
    answer = as_staff.post(url_of(nora, "tags/"), {"name": "Sails"}, headers=HTMX).text

    assert "<html" not in answer
    assert answer.count('id="panel-tags"') == 1
    assert 'id="guest-badges" hx-swap-oob="true"' in answer


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write the tag first."),
        ("   ", "Write the tag first."),
        ("4111 1111 1111 1111", "There is a card number in this."),
        ("x" * 41, "at most 40 characters"),
        ("Regular", "“Regular” is given by its rule, not by hand."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_cannot_be_a_tag_is_answered_in_words(
    as_staff, casa_alba, nora, typed, words, headers
):
    make_tag(casa_alba, "Regular", rule=Rule.VISITS, rule_number=5)

    page = as_staff.post(
        url_of(nora, "tags/"), {"name": typed}, follow=True, headers=headers
    )

    assert (page.status_code, words in page.text) == (200, True)
    assert not GuestTag.objects.exists()


def test_a_tag_is_taken_away_by_a_tap_and_given_back_by_undo(as_staff, nora):
    sails = make_tag(nora.business)
    give_tag(nora, sails, actor=None, now=NOW)

    taken = as_staff.post(url_of(nora, f"tags/{sails.uuid}/take/"), follow=True).text
    after = names_of(nora)
    undo = url_of(nora, f"tags/{sails.uuid}/give/")
    as_staff.post(undo)

    assert "“Sails” is taken away." in taken
    assert f'action="{undo}"' in taken
    assert (after, names_of(nora)) == ([], ["Sails"])


def test_the_tags_of_another_house_cannot_be_given(as_staff, bar_carla, nora):
    theirs = make_tag(bar_carla)

    answer = as_staff.post(url_of(nora, f"tags/{theirs.uuid}/give/"))

    assert (answer.status_code, names_of(nora)) == (404, [])


def test_a_tag_by_a_rule_is_shown_with_the_rule_that_gave_it(as_staff, nora):
    make_visit(nora)
    regular = make_tag(nora.business, "Seen", rule=Rule.VISITS, rule_number=1)

    page = as_staff.get(url_of(nora)).text

    assert "Automatic: has been here at least once" in page
    assert f"tags/{regular.uuid}/take/" not in page


def test_the_words_of_the_house_are_offered_except_those_they_have(as_staff, nora):
    give_tag(nora, make_tag(nora.business, "Sails"), actor=None, now=NOW)
    make_tag(nora.business, "Whisky")
    make_tag(nora.business, "Gone", removed_at=NOW)
    make_tag(nora.business, "New", rule=Rule.NEW_WITHIN, rule_number=30)

    page = as_staff.get(url_of(nora)).text

    assert '<option value="Whisky">' in page
    assert [f'value="{word}"' in page for word in ("Sails", "Gone", "New")] == [
        False
    ] * 3


def test_three_tags_stand_beside_the_name_and_the_rest_is_counted(nora):
    for name in ("Ale", "Boats", "Cider", "Dogs", "Elks"):
        give_tag(nora, make_tag(nora.business, name), actor=None, now=NOW)

    badges = badges_of(nora.business, [nora.pk])[nora.pk]

    assert [badge.text for badge in badges] == ["Ale", "Boats", "Cider", "+2"]


def test_tags_in_lists_cost_the_same_for_one_guest_and_for_three(as_staff, casa_alba):
    counts = []
    for number in (1, 3):
        while casa_alba.guests.count() < number:
            guest = make_guest(casa_alba)
            for name in range(number):
                tag, _new = Tag.objects.get_or_create(
                    business=casa_alba, name=f"{name}", key=f"{name}", created_at=NOW
                )
                give_tag(guest, tag, actor=None, now=NOW)
        counts.append(count_queries(as_staff, "/casa-alba/guests/"))

    assert counts[0] == counts[1]


# In the settings


def new_tag(**typed):
    slots = {
        "visits": "10", "nights": "20", "spend": "20 000", "here_within": "90",
        "away_for": "365", "new_within": "30", "no_shows": "2", "country": "NO",
    }  # fmt: skip
    return {"name": "Friends", "tone": "leaf", **slots, **typed}


@pytest.mark.parametrize(
    ("rule", "slot", "number", "word"),
    [
        (Rule.VISITS, "12", 12, ""),
        (Rule.NIGHTS, "3", 3, ""),
        (Rule.SPEND, "12 500,50", 1_250_050, ""),
        (Rule.HERE_WITHIN, "14", 14, ""),
        (Rule.AWAY_FOR, "730", 730, ""),
        (Rule.NEW_WITHIN, "7", 7, ""),
        (Rule.NO_SHOWS, "1", 1, ""),
        (Rule.COUNTRY, "DE", None, "DE"),
    ],
)
def test_a_manager_makes_a_tag_with_a_rule(
    as_manager, casa_alba, rule, slot, number, word
):
    page = as_manager.post(
        SETTINGS, new_tag(rule=rule, **{rule: slot}), follow=True
    ).text

    tag = casa_alba.tags.get()
    assert (tag.name, tag.tone, tag.rule, tag.rule_number, tag.rule_word) == (
        "Friends",
        "leaf",
        rule,
        number,
        word,
    )
    assert "“Friends” is on whom it fits, from now on." in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"rule": "visits", "visits": "0"}, "Write a number from 1 to 10000."),
        ({"rule": "visits", "visits": ""}, "Say how many, or where from."),
        ({"rule": "visits", "visits": "many"}, "Write a number from 1 to 10000."),
        ({"rule": "away_for", "away_for": "9" * 30}, "from 1 to 36500."),
        ({"rule": "spend", "spend": "0"}, "Say how many, or where from."),
        ({"rule": "spend", "spend": "a lot"}, "Write an amount such as"),
        ({"rule": "country", "country": "XX"}, "Select a valid choice."),
        ({"rule": "star_sign"}, "Select a valid choice."),
        ({}, "Choose a rule."),
        ({"rule": "visits", "name": "sails"}, "There is a tag with this name already."),
        ({"rule": "visits", "name": ""}, "This field is required."),
        ({"rule": "visits", "tone": "pink"}, "Select a valid choice."),
    ],
)
def test_what_is_no_rule_is_answered_in_words(as_manager, casa_alba, typed, words):
    make_tag(casa_alba, "Sails")

    page = as_manager.post(SETTINGS, new_tag(**typed)).text

    assert words in page
    assert casa_alba.tags.count() == 1


def test_what_stands_in_the_slots_of_other_rules_does_not_matter(as_manager, casa_alba):
    typed = new_tag(rule="visits", nights="??", spend="??", country="??", away_for="")

    as_manager.post(SETTINGS, typed)

    assert casa_alba.tags.get().rule_number == 10


def test_the_list_says_how_many_guests_each_tag_has(as_manager, casa_alba, nora):
    make_visit(nora)
    give_tag(nora, make_tag(casa_alba, "Sails"), actor=None, now=NOW)
    make_tag(casa_alba, "Seen", rule=Rule.HERE_WITHIN, rule_number=30)
    make_tag(casa_alba, "Gone", removed_at=NOW)

    page = " ".join(as_manager.get(SETTINGS).text.split())

    assert "Given by hand · 1 guest<" in page
    assert "Automatic: was here in the last 30 days · 1 guest<" in page
    assert "Gone" not in page


def test_a_tag_is_renamed_and_keeps_its_guests(as_manager, casa_alba, nora):
    tag = make_tag(casa_alba, "Sails")
    give_tag(nora, tag, actor=None, now=NOW)

    as_manager.post(f"{SETTINGS}{tag.uuid}/", {"name": "Sailors", "tone": "brick"})

    tag.refresh_from_db()
    assert (tag.name, tag.key, tag.tone, tag.rule) == (
        "Sailors",
        "sailors",
        "brick",
        "",
    )
    assert names_of(nora) == ["Sailors"]


def test_a_tag_can_change_only_the_case_of_its_name(as_manager, casa_alba):
    tag = make_tag(casa_alba, "sails")

    as_manager.post(f"{SETTINGS}{tag.uuid}/", {"name": "Sails", "tone": "fjord"})

    tag.refresh_from_db()
    assert tag.name == "Sails"


def test_a_rule_is_changed(as_manager, casa_alba):
    tag = make_tag(casa_alba, "Regular", rule=Rule.VISITS, rule_number=5)
    page = as_manager.get(f"{SETTINGS}{tag.uuid}/").text

    as_manager.post(
        f"{SETTINGS}{tag.uuid}/", new_tag(name="Regular", rule="country", country="SE")
    )

    tag.refresh_from_db()
    assert 'value="5"' in page
    assert (tag.rule, tag.rule_number, tag.rule_word) == ("country", None, "SE")


def test_deleting_says_how_many_guests_have_it(as_manager, casa_alba, nora):
    tag = make_tag(casa_alba, "Sails")
    give_tag(nora, tag, actor=None, now=NOW)

    page = as_manager.get(f"{SETTINGS}{tag.uuid}/").text

    assert "1 guest has it. The guest stays, the word goes." in page
    assert 'data-confirm="Delete “Sails”? 1 guest has it."' in page


def test_a_deleted_tag_is_gone_and_comes_back_with_its_guests(
    as_manager, casa_alba, nora
):
    tag = make_tag(casa_alba, "Sails")
    give_tag(nora, tag, actor=None, now=NOW)

    deleted = as_manager.post(f"{SETTINGS}{tag.uuid}/delete/", follow=True).text
    after = names_of(nora)
    back = as_manager.post(f"{SETTINGS}{tag.uuid}/restore/", follow=True).text

    assert f'action="{SETTINGS}{tag.uuid}/restore/"' in deleted
    assert "“Sails” is back, with its guests." in back
    assert (after, names_of(nora)) == ([], ["Sails"])


def test_a_deleted_tag_stays_away_when_a_new_one_has_its_name(as_manager, casa_alba):
    old = make_tag(casa_alba, "Sails", removed_at=NOW)
    make_tag(casa_alba, "Sails")

    page = as_manager.post(f"{SETTINGS}{old.uuid}/restore/", follow=True).text

    assert "There is a new tag called “Sails”, so the old one stays away." in page


def test_a_tick_deletes_for_good_what_can_no_longer_come_back(casa_alba, nora):
    for name, minutes in (("Old", 61), ("Fresh", 59)):
        tag = make_tag(casa_alba, name)
        give_tag(nora, tag, actor=None, now=NOW)
        tag.removed_at = NOW - timedelta(minutes=minutes)
        tag.save(update_fields=["removed_at"])
    make_tag(casa_alba, "Kept")

    assert clear_removed_tags(now=NOW) == 1
    assert clear_removed_tags(now=NOW) == 0
    assert set(casa_alba.tags.values_list("name", flat=True)) == {"Fresh", "Kept"}
    assert [given.tag.name for given in GuestTag.objects.all()] == ["Fresh"]


def test_a_manager_finds_the_settings_and_only_their_own(as_manager):
    page = as_manager.get("/casa-alba/settings/tags/").text

    assert 'href="/casa-alba/settings/fields/"' in page
    assert 'href="/casa-alba/settings/venues/"' not in page
    assert 'href="/casa-alba/settings/tags/" aria-current="page"' in page


def test_the_log_says_what_became_of_a_tag(as_manager, casa_alba):
    as_manager.post(SETTINGS, new_tag(rule="visits"))
    tag = casa_alba.tags.get()
    as_manager.post(f"{SETTINGS}{tag.uuid}/", new_tag(rule="nights"))
    as_manager.post(f"{SETTINGS}{tag.uuid}/delete/")
    as_manager.post(f"{SETTINGS}{tag.uuid}/restore/")

    events = casa_alba.audit_events.order_by("pk")
    assert list(events.values_list("action", "object_ref")) == [
        (action, str(tag.uuid))
        for action in ("created", "amended", "removed", "brought_back")
    ]
