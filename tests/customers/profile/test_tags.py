from datetime import timedelta

import pytest

from customers.models import ConsentWording, Guest, GuestTag, Tag
from customers.privacy.erasure import erase_guest
from customers.profile.tags import (
    TagIsAutomatic,
    count_guests,
    give_tag,
    guests_per_tag,
    tag_filter,
    tag_many,
    tag_named,
    tags_of,
    take_tag,
)
from customers.receivers import set_up_tags, set_up_wordings
from tests.factories import NOW, TODAY, make_business, make_guest, make_tag, make_visit

Rule = Tag.Rule


def log_of(business):
    events = business.audit_events.exclude(action="created").order_by("pk")
    return list(events.values_list("action", "object_ref", "fields"))


def test_a_tag_is_given_once_and_taken_once(casa_alba, alba, nora):
    sails = make_tag(casa_alba)

    assert give_tag(nora, sails, actor=alba, now=NOW)
    assert not give_tag(nora, sails, actor=None, now=NOW + timedelta(days=1))
    given = GuestTag.objects.get()
    assert (given.guest, given.tag, given.given_by, given.given_at) == (
        nora,
        sails,
        alba,
        NOW,
    )

    assert take_tag(nora, sails, actor=alba, now=NOW)
    assert not take_tag(nora, sails, actor=alba, now=NOW)
    assert log_of(casa_alba) == [("amended", str(nora.uuid), ["tags"])] * 2


def test_a_tag_with_a_rule_is_not_given_by_hand(casa_alba, nora):
    regular = make_tag(casa_alba, rule=Rule.VISITS, rule_number=5)

    with pytest.raises(TagIsAutomatic):
        give_tag(nora, regular, actor=None, now=NOW)
    with pytest.raises(TagIsAutomatic):
        tag_many(casa_alba, [nora.pk], regular, actor=None, now=NOW)
    with pytest.raises(TagIsAutomatic):
        tag_named(casa_alba, regular.name, now=NOW)


def test_who_was_forgotten_meanwhile_gets_no_tag(casa_alba, nora):
    sails, seen = make_tag(casa_alba), Guest.objects.get(pk=nora.pk)
    erase_guest(nora, actor=None, now=NOW)

    assert not give_tag(seen, sails, actor=None, now=NOW)
    assert tag_many(casa_alba, [nora.pk], sails, actor=None, now=NOW) == 0
    assert not GuestTag.objects.exists()


@pytest.mark.parametrize("typed", ["Sails", " sails ", "SAILS", "Sáils"])
def test_a_name_finds_the_tag_however_it_is_typed(casa_alba, typed):
    sails = make_tag(casa_alba)

    assert tag_named(casa_alba, typed, now=NOW) == sails


def test_a_new_name_makes_a_new_tag(casa_alba, bar_carla):
    make_tag(bar_carla, "Sails")

    tag = tag_named(casa_alba, "  Sails   far ", now=NOW)

    assert (tag.business, tag.name, tag.key) == (casa_alba, "Sails far", "sails far")


@pytest.mark.parametrize("name", ["ß" * 40, "⛵", "سفينة", "Æ" * 40])
def test_any_name_of_forty_letters_fits(casa_alba, name):
    assert tag_named(casa_alba, name, now=NOW).name == name
    assert tag_named(casa_alba, name, now=NOW).pk == Tag.objects.get().pk


def test_a_deleted_name_is_free_again(casa_alba):
    old = make_tag(casa_alba, removed_at=NOW)

    assert tag_named(casa_alba, "Sails", now=NOW) != old


def test_many_guests_get_a_tag_at_once(casa_alba, bar_carla, alba, nora):
    olaf, ida = make_guest(casa_alba, "Olaf Berg"), make_guest(casa_alba, "Ida Lie")
    stranger = make_guest(bar_carla, "Per Vik")
    sails = make_tag(casa_alba)
    give_tag(nora, sails, actor=None, now=NOW)

    ids = [nora.pk, olaf.pk, ida.pk, stranger.pk, 0]
    count = tag_many(casa_alba, ids, sails, actor=alba, now=NOW)

    assert count == 2
    assert set(GuestTag.objects.values_list("guest", "given_by")) == {
        (nora.pk, None),
        (olaf.pk, alba.pk),
        (ida.pk, alba.pk),
    }
    assert log_of(casa_alba)[-1] == ("given", str(sails.uuid), [])
    assert tag_many(casa_alba, ids, sails, actor=alba, now=NOW) == 0


def test_tags_stand_by_hand_first_then_by_rule(casa_alba, nora):
    make_visit(nora)
    away = make_tag(casa_alba, "Away", rule=Rule.AWAY_FOR, rule_number=365)
    new = make_tag(casa_alba, "New", rule=Rule.NEW_WITHIN, rule_number=30)
    whisky, sails = make_tag(casa_alba, "Whisky"), make_tag(casa_alba, "Sails")
    gone = make_tag(casa_alba, "Gone", removed_at=NOW)
    for tag in (whisky, sails, gone):
        give_tag(nora, tag, actor=None, now=NOW)
    olaf = make_guest(casa_alba, "Olaf Berg")
    make_visit(olaf, arrival_date=TODAY - timedelta(days=400))

    assert tags_of(casa_alba, [nora.pk, olaf.pk], today=TODAY) == {
        nora.pk: [sails, whisky, new],
        olaf.pk: [away],
    }


@pytest.mark.parametrize("count", [1, 4])
def test_tags_of_many_cost_three_queries(casa_alba, django_assert_num_queries, count):
    make_tag(casa_alba, "New", rule=Rule.NEW_WITHIN, rule_number=30)
    guests = [make_guest(casa_alba) for _number in range(count)]
    for number, guest in enumerate(guests):
        make_visit(guest)
        for letter in range(number + 1):
            tag = tag_named(casa_alba, f"Tag {letter}", now=NOW)
            give_tag(guest, tag, actor=None, now=NOW)

    with django_assert_num_queries(3):
        tags = tags_of(casa_alba, [guest.pk for guest in guests], today=TODAY)

    assert [len(tags[guest.pk]) for guest in guests] == [n + 2 for n in range(count)]


def test_a_list_is_narrowed_to_a_tag_of_either_kind(casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Berg")
    make_visit(olaf)
    sails = make_tag(casa_alba, "Sails")
    new = make_tag(casa_alba, "New", rule=Rule.NEW_WITHIN, rule_number=30)
    give_tag(nora, sails, actor=None, now=NOW)

    def who_has(tag):
        return list(casa_alba.guests.filter(tag_filter(casa_alba, tag, TODAY)))

    assert (who_has(sails), who_has(new)) == ([nora], [olaf])


def test_the_house_sees_how_many_guests_each_tag_has(casa_alba, bar_carla, nora):
    olaf, forgotten = make_guest(casa_alba, "Olaf Berg"), make_guest(casa_alba)
    for guest in (nora, olaf, forgotten, make_guest(bar_carla, "Per Vik")):
        make_visit(guest)
    sails = make_tag(casa_alba, "Sails")
    unused = make_tag(casa_alba, "Unused")
    new = make_tag(casa_alba, "New", rule=Rule.NEW_WITHIN, rule_number=30)
    for guest in (nora, forgotten):
        give_tag(guest, sails, actor=None, now=NOW)
    erase_guest(forgotten, actor=None, now=NOW)

    counts = guests_per_tag(casa_alba, today=TODAY)

    assert counts == {sails.pk: 1, new.pk: 2}
    assert [count_guests(tag, today=TODAY) for tag in (sails, unused, new)] == [1, 0, 2]


def test_a_new_house_begins_with_tags_in_its_language(db):
    house = make_business(language="nb")

    for _twice in range(2):
        set_up_wordings(house, now=NOW)
        set_up_tags(house, now=NOW)

    tags = house.tags.order_by("pk")
    assert list(tags.values_list("rule", "rule_number", "tone")) == [
        ("visits", 5, "leaf"),
        ("new_within", 30, "fjord"),
        ("away_for", 365, "brass"),
    ]
    assert len(set(tags.values_list("key", flat=True))) == 3
    assert ConsentWording.objects.filter(business=house).count() == 2
