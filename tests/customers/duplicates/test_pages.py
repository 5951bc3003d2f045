import pytest

from crm.tenancy.models import Staff
from customers.duplicates.finding import find_pairs
from customers.duplicates.rules import rules_of
from customers.models import DuplicatePair, Guest
from tests.factories import NOW, make_guest, make_staff, make_user
from tests.queries import count_queries

PAGE = "/casa-alba/guests/duplicates/"
ALIKE = {"emails": ("nora@example.org",), "phones": ("+47 406 12 345",)}


def look(business):
    find_pairs(business, list(business.guests.values_list("pk", flat=True)), now=NOW)
    return list(DuplicatePair.objects.order_by("-score", "-pk"))


@pytest.fixture
def pair(casa_alba):
    make_guest(casa_alba, "Nora Østby", **ALIKE)
    make_guest(casa_alba, "Nora Ostby", **ALIKE)
    return look(casa_alba)[0]


def test_the_list_says_who_and_why(as_alba, pair):
    page = as_alba.get(PAGE).text

    assert "1 pair to look at, 1 of them certain" in page
    assert "Nora Østby" in page
    assert "Nora Ostby" in page
    assert "Same email · Same phone" in page
    assert f'href="{PAGE}{pair.uuid}/"' in page


def test_an_empty_list_says_what_happens_next(as_alba, casa_alba):
    never = as_alba.get(PAGE).text
    as_alba.post(f"{PAGE}look/")

    assert "Everybody is looked through each night." in never
    assert "Everybody is being looked through" in as_alba.get(PAGE).text


def test_the_list_costs_the_same_for_one_pair_and_many(as_alba, casa_alba, pair):
    few = count_queries(as_alba, PAGE)
    for _ in range(3):
        make_guest(casa_alba, "Nora Østby", **ALIKE)
    look(casa_alba)

    assert count_queries(as_alba, PAGE) == few
    assert "10 pairs to look at" in as_alba.get(PAGE).text


def test_a_pair_stands_side_by_side_with_what_would_be_kept(as_alba, pair):
    page = as_alba.get(f"{PAGE}{pair.uuid}/").text

    assert "One guest or two?" in page
    assert "Same email" in page
    assert "stays" in page
    assert f'action="{PAGE}{pair.uuid}/one/"' in page
    assert f'action="{PAGE}{pair.uuid}/two/"' in page
    assert 'data-key="m"' in page


def test_looking_at_a_pair_stands_in_the_log(as_alba, alba, casa_alba, pair):
    as_alba.get(f"{PAGE}{pair.uuid}/")

    looked_at = casa_alba.audit_events.filter(action="viewed", actor=alba)
    assert set(looked_at.values_list("object_ref", flat=True)) == {
        str(pair.first.uuid),
        str(pair.second.uuid),
    }


@pytest.fixture
def three(casa_alba):
    """Three pairs of three people."""
    for name, email in (("Nora Østby", "n"), ("Ola Berg", "o"), ("Kari Lie", "k")):
        for _ in range(2):
            make_guest(casa_alba, name, emails=(f"{email}@example.org",))
    return look(casa_alba)


def test_after_a_decision_the_next_pair_comes(as_alba, three):
    first, second, third = (f"{PAGE}{pair.uuid}/" for pair in three)

    after_one = as_alba.post(f"{first}one/")
    after_two = as_alba.post(f"{second}two/")
    later = as_alba.get(third).text
    after_all = as_alba.post(f"{third}two/", follow=True)

    assert after_one.url == second
    assert after_two.url == third
    assert f'href="{PAGE}" data-key="s"' in later
    assert "Nobody" in after_all.text or "Nothing found yet" in after_all.text
    assert Guest.objects.known().count() == 5


def test_the_same_guest_is_one_guest_with_a_way_back(as_alba, pair, casa_alba):
    page = as_alba.post(f"{PAGE}{pair.uuid}/one/", follow=True).text

    merge = casa_alba.merges.get()
    assert "is one guest now." in page
    assert f"{merge.uuid}/undo/" in page
    assert casa_alba.guests.known().count() == 1


def test_two_people_are_told_apart_with_a_way_back(as_alba, alba, pair):
    page = as_alba.post(f"{PAGE}{pair.uuid}/two/", follow=True).text
    pair.refresh_from_db()
    told = pair.state
    decided = as_alba.get(f"{PAGE}{pair.uuid}/").text
    back = as_alba.post(f"{PAGE}{pair.uuid}/reopen/")
    pair.refresh_from_db()

    assert "They are two people, and will not be shown together again." in page
    assert f"{PAGE}{pair.uuid}/reopen/" in page
    assert "Alba Solheim said on" in decided
    assert (told, pair.state) == ("not_same", "open")
    assert back.url == f"{PAGE}{pair.uuid}/"


@pytest.mark.parametrize("act", ["", "one/", "two/", "reopen/"])
def test_a_pair_that_is_one_already_leads_to_the_list(as_alba, pair, act):
    as_alba.post(f"{PAGE}{pair.uuid}/one/")
    path = f"{PAGE}{pair.uuid}/{act}"

    page = as_alba.post(path, follow=True) if act else as_alba.get(path, follow=True)

    assert page.redirect_chain == [(PAGE, 302)]
    assert "These two are one guest already, or one of them is gone." in page.text


def test_another_house_has_nothing_to_see(client, carla, pair):
    client.force_login(carla)

    assert client.get(f"{PAGE}{pair.uuid}/").status_code == 404
    elsewhere = PAGE.replace("casa-alba", "bar-carla")
    assert client.get(f"{elsewhere}{pair.uuid}/").status_code == 404
    assert client.post(f"{elsewhere}{pair.uuid}/one/").status_code == 404


def test_thresholds_say_what_they_would_do(as_alba, pair, casa_alba):
    DuplicatePair.objects.update(score=85)
    asked = {"certain_from": "85", "review_from": "60"}

    shown = as_alba.get(f"{PAGE}rules/", asked, headers={"HX-Request": "true"})
    tried = as_alba.post(f"{PAGE}rules/", {**asked, "act": "try"})

    assert shown.text.lstrip().startswith("<section")
    for page in (shown, tried):
        assert page.context["effect"].certain == 1
        assert "Just certain" in page.text
    assert rules_of(casa_alba).certain_from == 90


def test_thresholds_are_kept(as_alba, casa_alba):
    saved = as_alba.post(
        f"{PAGE}rules/",
        {"certain_from": "95", "review_from": "70", "merges_by_itself": "on"},
    )

    rules = rules_of(casa_alba)
    assert saved.url == PAGE
    assert (rules.certain_from, rules.review_from, rules.merges_by_itself) == (
        95,
        70,
        True,
    )


@pytest.mark.parametrize(
    ("certain", "review"), [("90", "95"), ("70", "60"), ("90", "39"), ("", "x")]
)
def test_thresholds_that_make_no_sense_are_refused(as_alba, casa_alba, certain, review):
    page = as_alba.post(
        f"{PAGE}rules/", {"certain_from": certain, "review_from": review}
    )

    assert page.status_code == 200
    assert "Not saved yet. Please look at this:" in page.text
    assert rules_of(casa_alba).pk is None


def test_a_colleague_at_the_desk_does_not_merge(client, casa_alba, pair):
    colleague = make_user()
    make_staff(casa_alba, colleague, Staff.Role.STAFF)
    client.force_login(colleague)

    assert client.post(f"{PAGE}{pair.uuid}/one/").status_code == 403
    assert casa_alba.guests.known().count() == 2


def test_the_guests_own_page_says_who_may_be_the_same(as_alba, client, casa_alba, pair):
    desk = make_user()
    make_staff(casa_alba, desk, Staff.Role.STAFF)
    path = f"/casa-alba/guests/{pair.first.uuid}/"

    for_manager = as_alba.get(path).text
    client.force_login(desk)
    for_desk = client.get(path).text
    DuplicatePair.objects.update(score=59)

    assert "Perhaps the same guest" in for_manager
    assert f'href="{PAGE}{pair.uuid}/"' in for_manager
    assert f'href="/casa-alba/guests/{pair.second.uuid}/"' in for_desk
    assert f'href="{PAGE}{pair.uuid}/"' not in for_desk
    assert "Perhaps the same guest" not in client.get(path).text
