from datetime import timedelta

import pytest

from customers.holding import GuestIsForgotten
from customers.models import Guest, Household, Visit
from customers.people.household_panel import household_panel
from customers.people.households import (
    CannotLiveTogether,
    companions_of,
    move_in,
    move_out,
)
from customers.privacy.erasure import erase_guest
from tests.factories import NOW, TODAY, make_guest, make_visit

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def olaf(casa_alba):
    return make_guest(casa_alba, "Olaf Vik", phones=("40612345",))


@pytest.fixture
def kari(casa_alba):
    return make_guest(casa_alba, "Kari Dal")


def let_in(newcomer, to):
    return move_in(newcomer, to=to, actor=None, now=NOW)


def homes():
    """Return who lives with whom, as sets of names."""
    return {
        frozenset(guest.display_name for guest in household.guests.all())
        for household in Household.objects.all()
    }


def others(guest):
    guest.refresh_from_db()
    return [companion.display_name for companion in companions_of(guest)]


def url_of(guest, page=""):
    return f"/casa-alba/guests/{guest.uuid}/household/{page}"


def test_two_guests_live_together(nora, olaf):
    before = let_in(olaf, nora)

    assert before is None
    assert (others(nora), others(olaf)) == (["Olaf Vik"], ["Nora Østby"])


def test_it_is_in_the_log_of_both_by_the_field(casa_alba, alba, nora, olaf):
    move_in(olaf, to=nora, actor=alba, now=NOW)

    events = casa_alba.audit_events.filter(action="amended").order_by("pk")
    assert [(event.object_ref, event.actor, event.fields) for event in events] == [
        (str(nora.uuid), alba, ["household"]),
        (str(olaf.uuid), alba, ["household"]),
    ]


def test_doing_so_again_changes_nothing(casa_alba, nora, olaf):
    let_in(olaf, nora)
    events = casa_alba.audit_events.count()

    let_in(nora, olaf)

    assert homes() == {frozenset({"Nora Østby", "Olaf Vik"})}
    assert casa_alba.audit_events.count() == events


def test_a_third_joins_the_two(nora, olaf, kari):
    let_in(olaf, nora)

    let_in(kari, olaf)

    assert homes() == {frozenset({"Nora Østby", "Olaf Vik", "Kari Dal"})}


def test_who_moves_leaves_where_they_lived_and_nobody_else_moves(
    casa_alba, nora, olaf, kari
):
    per = make_guest(casa_alba, "Per Li")
    let_in(olaf, nora)
    let_in(per, kari)

    before = let_in(olaf, kari)

    assert before == nora
    assert homes() == {frozenset({"Olaf Vik", "Kari Dal", "Per Li"})}
    assert others(nora) == []


def test_the_last_one_lives_in_no_household(nora, olaf):
    let_in(olaf, nora)

    before = move_out(olaf, actor=None, now=NOW)

    assert before == nora
    assert (others(nora), others(olaf), Household.objects.count()) == ([], [], 0)


def test_who_lives_alone_cannot_move_out(casa_alba, nora):
    events = casa_alba.audit_events.count()

    assert move_out(nora, actor=None, now=NOW) is None

    assert casa_alba.audit_events.count() == events


def test_nobody_lives_with_themselves(nora):
    with pytest.raises(CannotLiveTogether):
        let_in(nora, nora)


def test_nobody_lives_with_a_guest_of_another_house(nora, bar_carla):
    with pytest.raises(CannotLiveTogether):
        let_in(make_guest(bar_carla, "Olaf Vik"), nora)


def test_nobody_lives_with_who_was_forgotten(nora, olaf):
    erase_guest(olaf, actor=None, now=NOW)

    with pytest.raises(GuestIsForgotten):
        let_in(olaf, nora)

    assert Household.objects.count() == 0


def test_who_is_forgotten_leaves_the_household_and_the_last_one_has_none(nora, olaf):
    let_in(olaf, nora)

    erase_guest(olaf, actor=None, now=NOW)

    assert (others(nora), Household.objects.count()) == ([], 0)
    assert Guest.objects.filter(household=None).count() == 2


def test_a_household_of_three_outlives_one(nora, olaf, kari):
    let_in(olaf, nora)
    let_in(kari, nora)

    erase_guest(olaf, actor=None, now=NOW)

    assert homes() == {frozenset({"Nora Østby", "Kari Dal"})}


# The panel


def test_the_panel_says_who_books_for_whom(nora, olaf, kari):
    own = make_visit(nora, booker=olaf)
    for_kari = make_visit(kari, booker=nora, arrival_date=TODAY - timedelta(days=9))
    make_visit(nora)

    shown = household_panel(nora, NOW).context

    assert list(shown["by_others"]) == [own]
    assert list(shown["for_others"]) == [for_kari]


def test_a_booking_for_somebody_forgotten_is_not_shown(nora, olaf):
    make_visit(olaf, booker=nora)
    erase_guest(olaf, actor=None, now=NOW)

    assert list(household_panel(nora, NOW).context["for_others"]) == []


def test_the_panel_costs_the_same_for_one_and_for_three(
    casa_alba, nora, olaf, kari, django_assert_max_num_queries
):
    def look():
        shown = household_panel(Guest.objects.get(pk=nora.pk), NOW).context
        return {
            name: [str(row) for row in rows] for name, rows in shown.items() if rows
        }

    let_in(olaf, nora)
    let_in(kari, nora)
    for guest in (olaf, kari):
        make_visit(guest, booker=nora)

    with django_assert_max_num_queries(5):
        shown = look()

    assert {name: len(rows) for name, rows in shown.items()} == {
        "companions": 2,
        "for_others": 2,
    }


# The pages


def test_a_companion_is_found_by_typing_and_undone_by_the_toast(as_alba, nora, olaf):
    answer = as_alba.post(url_of(nora), {"companion_search": "olaf"}, follow=True)

    assert answer.redirect_chain == [(f"/casa-alba/guests/{nora.uuid}/", 302)]
    assert others(nora) == ["Olaf Vik"]
    message = next(iter(answer.context["messages"]))
    assert str(message) == "Olaf Vik lives with Nora Østby."
    undo = message.extra_tags.removeprefix("undo:")
    back = as_alba.post(undo)
    assert back.url == f"/casa-alba/guests/{nora.uuid}/"
    assert others(nora) == []


def test_when_several_fit_one_is_chosen(as_alba, casa_alba, nora, olaf):
    make_guest(casa_alba, "Olaf Berg")

    asked = as_alba.post(url_of(nora), {"companion_search": "olaf"})
    offered = [
        str(uuid) for uuid, _name in asked.context["form"]["companion"].field.choices
    ]
    as_alba.post(url_of(nora), {"companion_search": "olaf", "companion": olaf.uuid})

    assert (len(offered), str(olaf.uuid) in offered) == (2, True)
    assert others(nora) == ["Olaf Vik"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "companion_search", "Whom do they live with?"),
        (
            {"companion_search": "xyzzy"},
            "companion_search",
            "No guest fits. If they are new, add them first.",
        ),
        (
            {"companion_search": "Nora Østby"},
            "companion_search",
            "No guest fits. If they are new, add them first.",
        ),
        ({"companion": "nonsense"}, "companion", "This guest is not in your register."),
        ({"companion": "\0"}, "companion", "This guest is not in your register."),
    ],
)
def test_whom_we_cannot_find_is_said(as_alba, nora, olaf, typed, field, sentence):
    response = as_alba.post(url_of(nora), typed)

    assert response.context["form"].errors[field] == [sentence]
    assert Household.objects.count() == 0


def test_a_guest_of_another_house_cannot_be_chosen(as_alba, nora, bar_carla):
    hers = make_guest(bar_carla, "Olaf Vik")

    chosen = as_alba.post(url_of(nora), {"companion": hers.uuid})
    joined = as_alba.post(url_of(nora, f"{hers.uuid}/"))
    left = as_alba.post(url_of(nora, f"{hers.uuid}/leave/"))

    assert chosen.context["form"].errors["companion"] == [
        "This guest is not in your register."
    ]
    assert (joined.status_code, left.status_code) == (404, 404)
    assert Household.objects.count() == 0


def test_a_move_from_another_household_goes_back_there(as_alba, nora, olaf, kari):
    let_in(olaf, kari)

    answer = as_alba.post(url_of(nora), {"companion": olaf.uuid}, follow=True)
    message = next(iter(answer.context["messages"]))
    as_alba.post(message.extra_tags.removeprefix("undo:"))

    assert (
        str(message) == "Olaf Vik lives with Nora Østby now, no longer with Kari Dal."
    )
    assert homes() == {frozenset({"Olaf Vik", "Kari Dal"})}


def test_one_leaves_where_it_stands_and_the_toast_brings_them_back(as_alba, nora, olaf):
    let_in(olaf, nora)

    answer = as_alba.post(
        url_of(nora, f"{olaf.uuid}/leave/"), headers={"HX-Request": "true"}
    )

    part = answer.content.decode()
    assert ("Lives with nobody we know of." in part, "<html" in part) == (True, False)
    assert others(nora) == []
    undo = f"{url_of(nora, f'{olaf.uuid}/')}?next=/casa-alba/guests/{nora.uuid}/"
    assert f'action="{undo}"' in part
    as_alba.post(undo)
    assert others(nora) == ["Olaf Vik"]


def test_the_form_stands_where_the_panel_was(as_alba, nora):
    part = as_alba.get(url_of(nora), headers={"HX-Request": "true"}).content.decode()
    page = as_alba.get(url_of(nora)).content.decode()

    assert ('id="panel-household"' in part, "<html" in part) == (True, False)
    assert ('id="panel-household"' in page, "<html" in page) == (True, True)


def test_the_guest_page_shows_the_household_with_links(as_alba, nora, olaf):
    let_in(olaf, nora)
    make_visit(nora, booker=olaf, state=Visit.State.COMPLETED)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/").content.decode()

    assert page.count(f'href="/casa-alba/guests/{olaf.uuid}/"') == 2
