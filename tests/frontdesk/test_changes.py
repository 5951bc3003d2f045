import re
from datetime import timedelta

import pytest
import time_machine

from customers.models import Visit
from tests.factories import NOW, TODAY, make_guest, make_staff, make_user, make_visit
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
PAGE = "/casa-alba/today/"
NEWS = "/casa-alba/today/changes/"


@pytest.fixture
def booked(nora):
    return make_visit(nora, state=State.BOOKED, arrival_date=TODAY, label="Room 204")


def seen_on(answer):
    return re.search(r'id="day-seen" value="([^"]+)"', answer.content.decode())[1]


def looks_of(answer):
    """The print of each card, by the name on it."""
    return {
        name: looks
        for looks, name in re.findall(
            r'data-looks="(\w+)".*?person-name.*?<a [^>]*>([^<]+)<',
            answer.content.decode(),
            re.S,
        )
    }


def ask(client, seen, **words):
    return client.get(NEWS, {"seen": seen, **words})


def test_a_page_that_has_seen_everything_is_told_nothing(as_alba, booked):
    seen = seen_on(as_alba.get(PAGE))

    answer = ask(as_alba, seen)

    assert (answer.status_code, answer.content) == (204, b"")


def test_to_be_told_nothing_is_cheap(as_alba, booked, django_assert_num_queries):
    seen = seen_on(as_alba.get(PAGE))

    # Who asks: session, user, place in the house. And the newest line of the log.
    with django_assert_num_queries(4):
        ask(as_alba, seen)


def test_another_persons_tap_is_told(as_alba, client, casa_alba, booked):
    seen = seen_on(as_alba.get(PAGE))
    colleague = make_user()
    make_staff(casa_alba, colleague, "staff")
    other = type(client)()
    other.force_login(colleague)

    other.post(f"/casa-alba/visits/{booked.uuid}/arrive/")
    answer = ask(as_alba, seen)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "1 in house" in page
    assert f'formaction="/casa-alba/visits/{booked.uuid}/depart/"' in page


def test_only_the_card_that_changed_looks_different(as_alba, casa_alba, booked):
    make_visit(
        make_guest(casa_alba, "Olaf Vik"), state=State.BOOKED, arrival_date=TODAY
    )
    first = as_alba.get(PAGE)

    booked.label = "Room 205"
    booked.save(update_fields=["label"])
    before, after = looks_of(first), looks_of(as_alba.get(NEWS))

    assert after.keys() == before.keys() == {"Nora Østby", "Olaf Vik"}
    assert after["Nora Østby"] != before["Nora Østby"]
    assert after["Olaf Vik"] == before["Olaf Vik"]


def test_a_card_looks_the_same_to_the_page_and_to_its_news(as_alba, booked):
    assert looks_of(as_alba.get(PAGE)) == looks_of(as_alba.get(NEWS))


def test_a_line_in_the_log_that_changes_no_card_is_no_news(as_alba, nora, booked):
    seen = seen_on(as_alba.get(PAGE))

    as_alba.get(f"/casa-alba/guests/{nora.uuid}/")
    answer = ask(as_alba, seen)

    assert answer.status_code == 204
    assert answer.headers["X-Seen"].endswith(seen.rpartition("-")[2])
    assert ask(as_alba, answer.headers["X-Seen"]).headers.get("X-Seen") is None


def test_what_the_product_did_by_itself_is_told_within_a_minute(as_alba, booked):
    seen = seen_on(as_alba.get(PAGE))
    Visit.objects.update(label="Room 7")

    with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
        soon = ask(as_alba, seen).status_code
    with time_machine.travel(NOW + timedelta(seconds=60), tick=False):
        then = ask(as_alba, seen).status_code

    assert (soon, then) == (204, 200)


def test_news_come_for_what_is_shown(as_alba, casa_alba, booked):
    make_visit(
        make_guest(casa_alba, "Olaf Vik"), state=State.BOOKED, arrival_date=TODAY
    )

    page = ask(as_alba, "", find="olaf")

    assert list(looks_of(page)) == ["Olaf Vik"]
    assert "2 arrive" in page.content.decode()


def test_a_tap_on_what_came_later_leads_back_to_the_page(as_alba, booked):
    page = as_alba.get(NEWS, {"show": "expected", "find": "nora"}).content.decode()

    assert NEWS not in page


@pytest.mark.parametrize("seen", ["nonsense", "%00", "1-2-3", "9" * 500])
def test_nonsense_has_seen_nothing_and_is_told_everything(as_alba, booked, seen):
    answer = as_alba.get(f"{NEWS}?seen={seen}&day=never&venue=%00&show=%00")

    assert (answer.status_code, list(looks_of(answer))) == (200, ["Nora Østby"])


def test_who_was_signed_out_is_sent_to_sign_in(client, booked):
    answer = client.get(NEWS)

    assert (answer.status_code, "/accounts/login/" in answer.url) == (302, True)


def test_news_cost_the_same_for_five_visits_and_for_two_hundred(as_alba, casa_alba):
    def come(numbers):
        for number in numbers:
            guest = make_guest(
                casa_alba, f"Gjest {number}", emails=(f"g{number}@x.no",)
            )
            state = State.values[number % 5]
            make_visit(guest, state=state, arrival_date=TODAY, nights=number % 3)

    come(range(5))
    for_five = [count_queries(as_alba, page) for page in (PAGE, NEWS)]
    come(range(5, 200))
    for_two_hundred = [count_queries(as_alba, page) for page in (PAGE, NEWS)]

    assert for_two_hundred == for_five
