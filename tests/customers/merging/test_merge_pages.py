import re

import pytest

from crm.core.signing import public_token
from crm.tenancy.models import Staff
from customers.merging.merging import merge_guests
from customers.models import Merge
from customers.privacy.export import export_guest
from customers.profile.tags import give_tag, guests_per_tag
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_note,
    make_staff,
    make_tag,
    make_user,
    make_visit,
)


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", emails=("nora@example.org",))
    make_visit(guest)
    return guest


@pytest.fixture
def old_nora(casa_alba):
    return make_guest(casa_alba, "N Ostby", phones=("40612345",), city="Stryn")


def page_of(guest, rest=""):
    return f"/casa-alba/guests/{guest.uuid}/{rest}"


def side_by_side(kept, gone):
    return page_of(kept, f"merge/{gone.uuid}/")


def test_the_other_entry_is_found_by_typing(as_alba, nora, old_nora):
    answer = as_alba.post(page_of(old_nora, "merge/"), {"other_search": "nora"})

    assert answer.url == side_by_side(nora, old_nora)


def test_where_several_fit_one_is_chosen(as_alba, casa_alba, nora, old_nora):
    make_guest(casa_alba, "Nora Vik")

    asked = as_alba.post(page_of(old_nora, "merge/"), {"other_search": "nora"})
    chosen = as_alba.post(page_of(old_nora, "merge/"), {"other": str(nora.uuid)})

    assert "Several guests fit. Choose one of them below." in asked.text
    assert chosen.url == side_by_side(nora, old_nora)


def test_nobody_else_fits(as_alba, nora):
    answer = as_alba.post(page_of(nora, "merge/"), {"other_search": "nora"})

    assert "No other guest fits that." in answer.text


def test_both_stand_side_by_side_with_the_rule_that_picks(as_alba, nora, old_nora):
    page = as_alba.get(side_by_side(nora, old_nora)).text

    checked = re.findall(r'name="take-(\w+)" value="(\w+)" checked', page)
    assert checked == [
        ("name", "kept"),
        ("address", "gone"),
        ("email", "kept"),
        ("phone", "gone"),
    ]
    assert "the other says nothing" in page
    assert not Merge.objects.exists()


def test_what_was_chosen_by_hand_is_taken(as_alba, nora, old_nora):
    answer = as_alba.post(
        side_by_side(nora, old_nora), {"take-name": "gone", "take-nonsense": "gone"}
    )

    nora.refresh_from_db()
    assert answer.url == page_of(nora)
    assert nora.display_name == "N Ostby"
    assert Merge.objects.get().picks["name"] == ["gone", "chosen"]


def test_a_guest_cannot_be_made_one_with_themselves(as_alba, nora):
    answer = as_alba.post(side_by_side(nora, nora), follow=True)

    assert "That is the same guest." in answer.text
    assert not Merge.objects.exists()


def test_the_pages_of_who_went_lead_to_who_stayed(as_alba, nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)

    assert as_alba.get(page_of(old_nora)).url == page_of(nora)
    assert as_alba.get(page_of(old_nora, "edit/?a=b")).url == page_of(nora, "edit/?a=b")


def test_a_form_about_who_went_shows_what_was_typed(as_alba, nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)

    answer = as_alba.post(page_of(old_nora, "notes/"), {"text": "Likes the corner"})

    assert answer.status_code == 404
    assert "Likes the corner" in answer.text
    assert "made one with Nora Østby" in answer.text
    assert not nora.notes.exists()


def test_a_stranger_is_not_led_anywhere(client, carla, bar_carla, nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)
    client.force_login(carla)

    assert client.get(page_of(old_nora)).status_code == 404
    elsewhere = page_of(old_nora).replace("casa-alba", "bar-carla")
    assert client.get(elsewhere).status_code == 404


def test_the_story_tells_of_it_and_leads_to_the_way_back(as_alba, alba, nora, old_nora):
    merge = merge_guests(nora, old_nora, actor=alba, now=NOW)

    page = as_alba.get(page_of(nora)).text
    shown = as_alba.get(f"/casa-alba/guests/merges/{merge.uuid}/").text
    as_alba.post(f"/casa-alba/guests/merges/{merge.uuid}/undo/")

    assert "Was made one with <b>N Ostby</b>" in page
    assert f"/casa-alba/guests/merges/{merge.uuid}/" in page
    assert "<dt>Addresses and numbers</dt><dd>1</dd>" in shown
    assert as_alba.get(page_of(old_nora)).status_code == 200
    assert "two guests again" in as_alba.get(page_of(nora)).text


def test_what_stayed_is_listed(as_alba, alba, nora, old_nora):
    merge = merge_guests(nora, old_nora, actor=alba, now=NOW)
    make_note(nora)

    page = as_alba.post(
        f"/casa-alba/guests/merges/{merge.uuid}/undo/", follow=True
    ).text

    assert "<dt>Notes</dt><dd>1</dd>" in page
    assert "It stayed with Nora Østby" in page


def test_undoing_twice_says_so(as_alba, alba, nora, old_nora):
    merge = merge_guests(nora, old_nora, actor=alba, now=NOW)
    undo = f"/casa-alba/guests/merges/{merge.uuid}/undo/"
    as_alba.post(undo)

    answer = as_alba.post(undo, follow=True)

    assert "This was undone already" in answer.text


def test_staff_are_not_offered_what_managers_do(client, casa_alba, nora, old_nora):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.STAFF)
    merge_guests(nora, old_nora, actor=None, now=NOW)
    client.force_login(person)

    page = client.get(page_of(nora)).text

    assert "Was made one with" in page
    assert "/merge" not in page


def test_both_names_and_numbers_find_the_guest(as_alba, nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)

    for typed in ("ostby n", "40612345", "nora@example.org", "nora"):
        found = as_alba.get("/casa-alba/guests/", {"q": typed}).text
        assert page_of(nora) in found
        assert page_of(old_nora) not in found


def test_the_links_in_old_mails_lead_to_who_stayed(client, nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)
    path = f"/p/{public_token('preferences', old_nora.uuid)}/"

    page = client.get(path)
    client.post(path, {"stop": "yes"})

    assert page.status_code == 200
    assert nora.consent_events.filter(is_granted=False).exists()
    assert not old_nora.consent_events.exists()


def test_lists_and_counts_show_one_guest(as_alba, casa_alba, nora, old_nora):
    tag = make_tag(casa_alba)
    for guest in (nora, old_nora):
        give_tag(guest, tag, actor=None, now=NOW)
    merge_guests(nora, old_nora, actor=None, now=NOW)

    page = as_alba.get("/casa-alba/guests/").text

    assert "N Ostby" not in page
    assert guests_per_tag(casa_alba, today=TODAY)[tag.pk] == 1


def test_the_copy_for_the_guest_tells_of_both_entries(nora, old_nora):
    merge_guests(nora, old_nora, actor=None, now=NOW)

    copy = export_guest(nora)

    names = [row["display_name"] for row in copy["customers.guest"]]
    assert names == ["Nora Østby", "N Ostby"]
    assert copy["customers.merge"][0]["after"] == "city: Stryn"
