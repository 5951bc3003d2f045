import re
from datetime import timedelta

import pytest

from customers.models import PreferenceKind
from tests.factories import NOW, TODAY, make_preference, make_staff, make_user

pytestmark = pytest.mark.usefixtures("morning")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def pillow(casa_alba):
    return PreferenceKind.objects.create(
        business=casa_alba, name="Pillow", suggestions=["Firm", "Soft"], created_at=NOW
    )


def new_wish(guest):
    return f"/casa-alba/guests/{guest.uuid}/wishes/new/"


def url_of(wish, act):
    return f"/casa-alba/wishes/{wish.uuid}/{act}/"


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.text)
    return re.sub(r"\s+", " ", text)


def test_two_words_are_enough_to_note_a_wish(as_alba, alba, nora, pillow):
    answer = as_alba.post(
        new_wish(nora), {"kind": pillow.uuid, "wish": "Firm"}, headers=HTMX
    )

    wish = nora.preferences.get()
    assert 'id="panel-likes"' in answer.text
    assert "Pillow Firm the guest said so confirmed today" in words_of(answer)
    assert (wish.said_by, wish.lasts, wish.noted_by) == ("guest", "always", alba)


def test_without_scripts_the_same_form_leads_back_to_the_guest(as_alba, nora, pillow):
    answer = as_alba.post(
        new_wish(nora),
        {"kind": pillow.uuid, "wish": "Firm", "lasts": "once", "said_by": "booker"},
    )

    wish = nora.preferences.get()
    assert answer.url == f"/casa-alba/guests/{nora.uuid}/"
    assert (wish.lasts, wish.said_by) == ("once", "booker")


def test_what_is_offered_follows_what_the_wish_is_about(as_alba, nora, pillow):
    table = PreferenceKind.objects.create(
        business=nora.business,
        name="Table",
        suggestions=["By the window"],
        position=1,
        created_at=NOW,
    )

    def offered(url):
        part = as_alba.get(url, headers=HTMX).text
        return re.findall(r'<option value="([^"]*)"></option>', part)

    assert offered(new_wish(nora)) == ["Firm", "Soft"]
    assert offered(f"{new_wish(nora)}?kind={table.uuid}") == ["By the window"]
    assert offered(f"{new_wish(nora)}?kind=nonsense") == ["Firm", "Soft"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"wish": ""}, "Write what they wish for."),
        ({"kind": "nonsense"}, "Choose what the wish is about."),
        ({"kind": ""}, "Choose what the wish is about."),
        ({"wish": "010107-50160"}, "There is a Norwegian identity number in this."),
        ({"wish": "x" * 161}, "160"),
    ],
)
def test_what_cannot_be_noted_is_asked_again(as_alba, nora, pillow, typed, sentence):
    sent = {"kind": pillow.uuid, "wish": "Firm"} | typed

    plain = as_alba.post(new_wish(nora), sent)
    part = as_alba.post(new_wish(nora), sent, headers=HTMX)

    assert (sentence in plain.text, sentence in part.text) == (True, True)
    assert nora.preferences.count() == 0


def test_a_kind_of_another_house_cannot_be_chosen(as_alba, nora, pillow, bar_carla):
    theirs = PreferenceKind.objects.create(
        business=bar_carla, name="Stool", created_at=NOW
    )

    as_alba.post(new_wish(nora), {"kind": theirs.uuid, "wish": "High"})

    assert nora.preferences.count() == 0


def test_an_old_wish_is_to_be_asked_again_and_one_tap_makes_sure(as_alba, nora):
    wish = make_preference(nora, confirmed_on=TODAY - timedelta(days=400))
    page = words_of(as_alba.get(f"/casa-alba/guests/{nora.uuid}/"))

    answer = as_alba.post(url_of(wish, "confirm"), headers=HTMX)

    wish.refresh_from_db()
    assert "confirmed 13 months ago Ask again" in page
    assert wish.confirmed_on == TODAY
    assert "Ask again" not in answer.text


def test_a_wish_confirmed_lately_says_how_long_ago(as_alba, nora):
    make_preference(nora, confirmed_on=TODAY - timedelta(days=21))

    page = words_of(as_alba.get(f"/casa-alba/guests/{nora.uuid}/"))

    assert "confirmed 3 weeks ago" in page


def test_a_wish_is_changed_in_its_place(as_alba, nora):
    wish = make_preference(nora, "Pillow", "Firm")

    form = as_alba.get(url_of(wish, "edit"), headers=HTMX)
    seen = re.search(r'name="seen" value="([^"]*)"', form.text)[1]
    sent = {"kind": wish.kind.uuid, "wish": "Soft", "seen": seen}
    answer = as_alba.post(url_of(wish, "edit"), sent, headers=HTMX)

    wish.refresh_from_db()
    assert "<html" not in form.text
    assert wish.wish == "Soft"
    assert "Pillow Soft" in words_of(answer)


def test_of_two_who_change_a_wish_the_second_sees_what_the_first_wrote(as_alba, nora):
    wish = make_preference(nora, "Pillow", "Firm")
    sent = {"kind": wish.kind.uuid, "seen": "Pillow: Firm"}
    as_alba.post(url_of(wish, "edit"), sent | {"wish": "Soft"})

    refused = as_alba.post(url_of(wish, "edit"), sent | {"wish": "Two"})
    wish.refresh_from_db()
    stayed = wish.wish
    seen = re.search(r'name="seen" value="([^"]*)"', refused.text)[1]
    as_alba.post(url_of(wish, "edit"), sent | {"wish": "Two", "seen": seen})

    wish.refresh_from_db()
    assert "It now reads “Pillow: Soft”." in refused.text
    assert (stayed, wish.wish) == ("Soft", "Two")


def test_a_wish_ends_and_comes_back(as_alba, nora):
    wish = make_preference(nora, "Pillow", "Firm")

    page = as_alba.post(url_of(wish, "end"), follow=True).text
    undo = re.search(r'action="([^"]*/resume/)"', page)[1]
    back = as_alba.post(undo, follow=True)

    assert "“Firm” is no longer wished for." in page
    assert "No wishes noted yet." in page
    assert "Pillow Firm" in words_of(back)


def test_managers_write_what_can_be_wished_for(as_alba, casa_alba, pillow):
    page = "/casa-alba/settings/wishes/"

    as_alba.post(page, {"name": "Newspaper", "suggestions": "Local\n\n Local \nNone"})
    twice = as_alba.post(page, {"name": "newspaper"})
    edit = f"{page}{pillow.uuid}/"
    as_alba.post(edit, {"name": "Pillows", "suggestions": ""})

    kinds = casa_alba.preference_kinds.order_by("position", "pk")
    assert [(kind.name, kind.suggestions) for kind in kinds] == [
        ("Pillows", []),
        ("Newspaper", ["Local", "None"]),
    ]
    assert "There is one with this name already." in twice.text
    assert list(
        casa_alba.audit_events.order_by("pk").values_list("action", "fields")
    ) == [("created", []), ("amended", ["name", "suggestions"])]


def test_too_many_suggestions_are_refused_in_words(as_alba, casa_alba):
    typed = {"name": "Tea", "suggestions": "\n".join(map(str, range(13)))}

    answer = as_alba.post("/casa-alba/settings/wishes/", typed)

    assert "Twelve are as many as anybody reads." in answer.text
    assert casa_alba.preference_kinds.count() == 0


def test_the_order_is_changed_by_buttons(as_alba, casa_alba):
    kinds = [
        PreferenceKind.objects.create(business=casa_alba, name=name, created_at=NOW)
        for name in "abc"
    ]

    def move(kind, to):
        as_alba.post(f"/casa-alba/settings/wishes/{kind.uuid}/move/", {"to": to})
        return "".join(
            casa_alba.preference_kinds.order_by("position", "pk").values_list(
                "name", flat=True
            )
        )

    orders = [
        move(kinds[2], "up"),
        move(kinds[2], "up"),
        move(kinds[2], "up"),
        move(kinds[0], "down"),
        move(kinds[0], "nonsense"),
    ]

    assert orders == ["acb", "cab", "cab", "cba", "cba"]


def test_a_hidden_kind_is_not_offered_and_keeps_its_wishes(as_alba, nora, pillow):
    make_preference(nora, "Pillow", "Firm")
    hide = f"/casa-alba/settings/wishes/{pillow.uuid}/archive/"

    page = as_alba.post(hide, follow=True).text
    guest_page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")
    refused = as_alba.post(new_wish(nora), {"kind": pillow.uuid, "wish": "Soft"})
    undo = re.search(r'action="([^"]*/unarchive/)"', page)[1]
    as_alba.post(undo)

    pillow.refresh_from_db()
    assert "“Pillow” is hidden." in page
    assert "Pillow Firm" in words_of(guest_page)
    assert "Choose what the wish is about." in refused.text
    assert pillow.is_archived is False


def test_the_checklist_is_written_for_each_kind_of_visit(as_alba, casa_alba):
    page = "/casa-alba/settings/checklist/"
    as_alba.post(page, {"text": "Greet by name", "moment": "arrival"})
    as_alba.post(f"{page}?for=table", {"text": "Show them in", "moment": "arrival"})
    greet = casa_alba.policy_steps.get(visit_kind="stay")
    as_alba.post(f"{page}{greet.uuid}/", {"text": "Say hello", "moment": "during"})

    stays, tables = as_alba.get(page).text, as_alba.get(f"{page}?for=table").text

    steps = casa_alba.policy_steps.order_by("pk")
    assert list(steps.values_list("visit_kind", "moment", "text")) == [
        ("stay", "during", "Say hello"),
        ("table", "arrival", "Show them in"),
    ]
    assert ("Say hello" in stays, "Say hello" in tables) == (True, False)


def test_staff_do_not_write_the_houses_lists(client, casa_alba, pillow):
    person = make_user()
    make_staff(casa_alba, person, "staff")
    client.force_login(person)

    answers = [
        client.get("/casa-alba/settings/wishes/"),
        client.post("/casa-alba/settings/checklist/", {"text": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_managers_find_the_lists_in_the_settings(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, "manager")
    client.force_login(person)

    page = client.get("/casa-alba/settings/wishes/").text

    links = re.findall(r'href="/casa-alba/settings/(wishes|checklist)/"', page)
    assert sorted(set(links)) == ["checklist", "wishes"]
