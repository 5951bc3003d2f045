import re
from datetime import timedelta

import pytest

from customers.models import Promise, Visit
from customers.visits import arrive
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_policy_step,
    make_preference,
    make_promise,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

HTMX = {"HX-Request": "true"}
State = Visit.State


@pytest.fixture
def stay(nora):
    return make_visit(nora, state=State.BOOKED, arrival_date=TODAY)


def url_of(visit, path="promises/"):
    return f"/casa-alba/visits/{visit.uuid}/{path}"


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.text)
    return re.sub(r"\s+", " ", text)


def outcomes(visit):
    return dict(visit.promises.values_list("text", "outcome"))


def test_today_shows_what_is_due_on_the_card(as_alba, stay, nora):
    make_preference(nora, "Pillow", "Firm")
    make_promise(nora, "A card", visit=stay, kind="extra", cost=45_00)

    words = words_of(as_alba.get("/casa-alba/today/"))

    assert "Kept: Pillow: Firm" in words
    assert "A card extra 45 kr" in words
    assert "2 promises still open" in words


def test_a_tap_keeps_it_and_leads_back_where_one_came_from(as_alba, stay, nora):
    wish = make_preference(nora, "Pillow", "Firm")

    answer = as_alba.post(
        url_of(stay), {"kept": wish.uuid, "next": "/casa-alba/today/"}
    )
    page = as_alba.get("/casa-alba/today/").text

    assert (answer.status_code, answer.url) == (302, "/casa-alba/today/")
    assert outcomes(stay) == {"Pillow: Firm": "kept"}
    undo = re.search(r'action="([^"]*reopen=[^"]*)"', page)[1].replace("&amp;", "&")
    as_alba.post(undo)
    assert outcomes(stay) == {}


def test_htmx_gets_the_part_of_the_card_alone(as_alba, stay):
    row = make_promise(stay.guest, "A card", visit=stay)

    answer = as_alba.post(url_of(stay), {"kept": row.uuid}, headers=HTMX)

    assert answer.status_code == 200
    assert f'id="dues-{stay.uuid}"' in answer.text
    assert "is-kept" in answer.text
    assert "<html" not in answer.text
    assert "Kept: A card" in words_of(answer)


def test_not_kept_may_say_why(as_alba, stay):
    row = make_promise(stay.guest, "A card", visit=stay)

    as_alba.post(url_of(stay), {"not_kept": row.uuid, "reason": "No cards left"})

    row.refresh_from_db()
    assert (row.outcome, row.reason) == ("not_kept", "No cards left")


def test_why_it_was_not_kept_is_asked_in_place_and_on_a_page(as_alba, stay, nora):
    wish = make_preference(nora, "Pillow", "Firm")
    ask = url_of(stay, f"promises/{wish.uuid}/")

    page, part = as_alba.get(ask), as_alba.get(ask, headers=HTMX)
    as_alba.post(url_of(stay), {"not_kept": wish.uuid})

    question = "Why was “Pillow: Firm” not kept?"
    assert (question in page.text, question in part.text) == (True, True)
    assert ("<html" in page.text, "<html" in part.text) == (True, False)
    assert as_alba.get(ask).status_code == 404


def test_a_reason_with_a_card_number_is_refused(as_alba, stay):
    row = make_promise(stay.guest, "A card", visit=stay)

    answer = as_alba.post(
        url_of(stay),
        {"not_kept": row.uuid, "reason": "Paid with 4111 1111 1111 1111"},
        follow=True,
    )

    assert "There is a card number in this." in answer.text
    assert outcomes(stay) == {"A card": ""}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kept": "nonsense"},
        {"kept": "11111111-1111-1111-1111-111111111111"},
        {"not_kept": "\x00"},
    ],
)
def test_what_is_not_there_to_keep_is_answered_in_words(as_alba, stay, sent):
    answer = as_alba.post(url_of(stay), sent, follow=True)

    assert "That is no longer promised." in answer.text


def test_a_visit_that_is_going_on_quietly_shows_only_what_is_open(as_alba, nora):
    visit = make_visit(nora, state=State.BOOKED, arrival_date=TODAY, nights=3)
    make_promise(nora, "Kept already", visit=visit)
    open_row = make_promise(nora, "Still to do", visit=visit)
    arrive(visit, actor=None, now=NOW)
    kept = visit.promises.get(text="Kept already")
    as_alba.post(url_of(visit), {"kept": kept.uuid})

    today = words_of(as_alba.get("/casa-alba/today/"))
    brief = as_alba.post(
        url_of(visit), {"kept": open_row.uuid, "brief": "yes"}, headers=HTMX
    )

    assert "Still to do" in today
    assert "Open again" not in today
    assert "due-text" not in brief.text


def test_promising_on_the_card_takes_a_few_words(as_alba, stay, alba):
    form = as_alba.get(url_of(stay, "promises/new/"), headers=HTMX)
    answer = as_alba.post(
        url_of(stay, "promises/new/"), {"text": "A cake at eight"}, headers=HTMX
    )

    row = stay.promises.get()
    assert form["HX-Retarget"] == f"#promise-form-{stay.uuid}"
    assert f'id="dues-{stay.uuid}"' in answer.text
    assert (row.text, row.kind, row.made_by, row.cost) == (
        "A cake at eight",
        Promise.Kind.PROMISE,
        alba,
        0,
    )


def test_an_extra_has_a_cost_and_somebody_who_does_it(as_alba, stay, casa_alba):
    kari = make_staff(casa_alba, make_user(name="Kari"), "staff")

    as_alba.post(
        url_of(stay, "promises/new/"),
        {"text": "A card", "kind": "extra", "cost": "45,50", "responsible": kari.uuid},
    )

    row = stay.promises.get()
    assert (row.kind, row.cost, row.responsible) == ("extra", 45_50, kari)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "Write what they are to get."),
        ({"text": "x", "cost": "-5"}, "Write an amount such as 1 234,50."),
        ({"text": "x", "responsible": "nobody"}, "This person does not work here."),
        ({"text": "01010750160"}, "There is a Norwegian identity number in this."),
        ({"text": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_promised_is_asked_again(as_alba, stay, typed, sentence):
    plain = as_alba.post(url_of(stay, "promises/new/"), typed)
    part = as_alba.post(url_of(stay, "promises/new/"), typed, headers=HTMX)

    assert (sentence in plain.text, sentence in part.text) == (True, True)
    assert "<html" not in part.text
    assert stay.promises.count() == 0


def test_what_the_house_does_often_is_offered(as_alba, stay, nora):
    other = make_visit(nora)
    for visit in (stay, other):
        make_promise(nora, "Welcome card", visit=visit, kind="extra")
    make_promise(nora, "Coffee to go", visit=other, kind="extra")
    make_promise(nora, "Said to Nora alone", visit=other)

    page = as_alba.get(url_of(stay, "promises/new/")).text

    offered = re.search(r'<datalist id="extras">(.*?)</datalist>', page)[1]
    assert re.findall(r'value="([^"]*)"', offered) == ["Welcome card", "Coffee to go"]


def test_a_promise_for_next_time_waits_beside_the_story(as_alba, nora):
    new = f"/casa-alba/guests/{nora.uuid}/promises/new/"

    answer = as_alba.post(new, {"text": "The corner room"}, headers=HTMX)

    row = nora.promises.get()
    assert row.visit is None
    assert 'id="panel-likes"' in answer.text
    assert "Promised for the next arrival The corner room" in words_of(answer)


def test_a_promise_can_be_for_a_visit_that_is_open(as_alba, stay, nora):
    closed = make_visit(nora)
    new = f"/casa-alba/guests/{nora.uuid}/promises/new/"

    refused = as_alba.post(new, {"text": "Cake", "visit": closed.uuid})
    as_alba.post(new, {"text": "Cake", "visit": stay.uuid})

    assert "That visit is not open any more." in refused.text
    assert nora.promises.get().visit == stay


def test_a_promise_is_put_right_and_taken_back(as_alba, nora):
    row = make_promise(nora, "The corner room")
    edit = f"/casa-alba/promises/{row.uuid}/edit/"

    page = as_alba.get(edit).text
    as_alba.post(edit, {"text": "The blue room", "kind": "promise"})
    row.refresh_from_db()
    back = as_alba.post(f"/casa-alba/promises/{row.uuid}/remove/", follow=True)

    assert "The corner room" in page
    assert row.text == "The blue room"
    assert "“The blue room” is no longer promised." in back.text
    assert nora.promises.count() == 0


def test_a_wish_is_not_changed_as_a_promise(as_alba, stay, nora):
    make_preference(nora)
    arrive(stay, actor=None, now=NOW)
    row = stay.promises.get()

    assert as_alba.get(f"/casa-alba/promises/{row.uuid}/edit/").status_code == 404


def test_of_venues_one_does_not_see_nothing_is_settled(client, casa_alba, stay, nora):
    person = make_user()
    staff = make_staff(casa_alba, person, "staff")
    staff.venues.add(make_venue(casa_alba, "Kroa", kind="restaurant"))
    row = make_promise(nora, "A card", visit=stay)
    client.force_login(person)

    answers = [
        client.post(url_of(stay), {"kept": row.uuid}),
        client.get(url_of(stay, "promises/new/")),
        client.post(url_of(stay, "steps/"), {"done": row.uuid}),
        client.get(f"/casa-alba/promises/{row.uuid}/edit/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert outcomes(stay) == {"A card": ""}


def test_steps_are_ticked_on_the_card(as_alba, alba, stay):
    step = make_policy_step(stay.business)

    part = as_alba.post(url_of(stay, "steps/"), {"done": step.uuid}, headers=HTMX)
    tick = stay.policy_ticks.get()
    plain = as_alba.post(
        url_of(stay, "steps/"), {"undone": step.uuid, "next": "/casa-alba/today/"}
    )

    assert "Service 1 of 1" in words_of(part)
    assert "Alba Solheim, today 10:30" in words_of(part)
    assert (tick.done_by, tick.step) == (alba, step)
    assert (plain.url, stay.policy_ticks.count()) == ("/casa-alba/today/", 0)


def test_the_checklist_opens_on_the_card_and_on_a_page(as_alba, stay):
    make_policy_step(stay.business)
    steps = url_of(stay, "steps/")

    page, part = as_alba.get(steps), as_alba.get(steps, headers=HTMX)

    assert "Greet by name" in page.text
    assert "Greet by name" in part.text
    assert "<html" not in part.text
    assert "Greet by name" not in as_alba.get("/casa-alba/today/").text


@pytest.mark.parametrize("sent", [{}, {"done": "nonsense"}, {"undone": "nonsense"}])
def test_a_step_that_is_not_there_is_answered_in_words(as_alba, stay, sent):
    answer = as_alba.post(url_of(stay, "steps/"), sent, follow=True)

    assert "That step is not on the checklist any more." in answer.text


def test_the_story_tells_of_each_visit_once_what_was_done(as_alba, casa_alba, nora):
    greet = make_policy_step(casa_alba)
    make_policy_step(casa_alba, "Thank them")
    visit = make_visit(nora, state=State.IN_HOUSE, arrival_date=TODAY)
    for text, outcome, kind in (
        ("Quiet room", "kept", "promise"),
        ("A card", "kept", "extra"),
        ("Late breakfast", "not_kept", "promise"),
        ("Newspaper", "", "promise"),
    ):
        row = make_promise(nora, text, visit=visit, kind=kind, cost=45_00)
        if outcome:
            sent = {outcome: row.uuid, "reason": "Nobody was up"}
            as_alba.post(url_of(visit), sent)
    as_alba.post(url_of(visit, "steps/"), {"done": greet.uuid})
    as_alba.post(url_of(visit, "depart/"))

    words = words_of(as_alba.get(f"/casa-alba/guests/{nora.uuid}/timeline/"))

    assert words.count("What we did") == 1
    assert "What we did , service 1 of 2" in words
    assert "Kept: Quiet room More than promised: A card (45 kr)" in words
    assert "Not kept: Late breakfast – Nobody was up" in words
    assert "Nobody said whether: Newspaper" in words


def test_a_visit_without_promises_or_steps_adds_nothing_to_the_story(as_alba, nora):
    make_visit(nora)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/timeline/")

    assert "What we did" not in page.text


def test_the_story_costs_the_same_for_one_visit_and_for_many(
    nora, django_assert_num_queries
):
    from customers.care.story import care_entries

    def served(days):
        visit = make_visit(nora, arrival_date=TODAY - timedelta(days=days))
        row = make_promise(nora, f"No. {days}", visit=visit)
        row.outcome, row.settled_at = "kept", NOW
        row.save()

    for number in (1, 6):
        for days in range(number):
            served(days + number)
        with django_assert_num_queries(4):
            care_entries(nora, None, 20)


def test_another_guest_of_the_house_owes_nothing_here(as_alba, casa_alba, stay):
    olaf = make_guest(casa_alba, "Olaf Vik")
    row = make_promise(olaf, "A card")

    as_alba.post(url_of(stay), {"kept": row.uuid})

    row.refresh_from_db()
    assert (row.visit, row.outcome) == (None, "")


def test_a_wish_noted_beside_the_story_reaches_the_cards_above_it(as_alba, stay, nora):
    wish = make_preference(nora, "Pillow", "Firm")
    confirm = f"/casa-alba/wishes/{wish.uuid}/confirm/"

    told = as_alba.post(confirm, headers=HTMX)["HX-Trigger"]
    part = as_alba.get(url_of(stay), headers=HTMX)
    plain = as_alba.get(url_of(stay))

    assert "promises-changed" in told
    assert 'hx-trigger="promises-changed from:body"' in part.text
    assert "Pillow: Firm" in part.text
    assert plain.url == f"/casa-alba/guests/{nora.uuid}/"


def test_what_is_said_on_today_leads_back_to_today(as_alba, stay, nora):
    row = make_promise(nora, "A card", visit=stay)
    here = HTMX | {"HX-Current-URL": "http://testserver/casa-alba/today/?find=no"}

    form = as_alba.get(url_of(stay, "promises/new/"), headers=here)
    kept = as_alba.post(url_of(stay), {"kept": row.uuid}, headers=here)

    assert 'name="next" value="/casa-alba/today/?find=no"' in form.text
    assert "next=%2Fcasa-alba%2Ftoday%2F%3Ffind%3Dno" in kept.text


def test_the_page_of_a_visit_that_is_over_still_takes_what_nobody_said(as_alba, nora):
    visit = make_visit(nora)
    row = make_promise(nora, "A card", visit=visit)
    page = words_of(as_alba.get(url_of(visit, "edit/")))

    as_alba.post(url_of(visit), {"kept": row.uuid})

    assert "Promises and service" in page
    assert "Kept: A card" in page
    assert "Promise something" not in page
    assert outcomes(visit) == {"A card": "kept"}


def test_the_page_of_a_visit_called_off_owes_nothing(as_alba, nora):
    visit = make_visit(nora, state=State.CANCELLED)
    make_promise(nora, "A card", visit=visit)

    assert "A card" not in words_of(as_alba.get(url_of(visit, "edit/")))
