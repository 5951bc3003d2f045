"""Every page answers: with nothing in the house, with much, to nonsense, in the dark."""

import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from crm.celery import app
from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.models import Staff, Venue
from customers.models import Visit
from tests.factories import NOW, make_staff, make_user, make_visit
from tests.full_house import make_full_house
from tests.test_doors import ACTIONS, below
from tests.url_walk import doors, tenant_doors

GARBAGE = dict.fromkeys(("kept", "not_kept", "reopen", "done", "undone", "reason", "wish", "lasts", "said_by", "seen", "text", "cost", "responsible", "moment", "suggestions", "for", "action", "channel", "email", "guest", "name", "page", "party_size", "q", "role", "spend", "venue", "arrival_date", "display_name", "emails", "next"), "\x00<script>ø" * 40) | {"page": "9" * 30, "day": "2026-02-31", "before": "yesterday", "to": "nowhere"}  # fmt: skip


@pytest.fixture
def house(casa_alba, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return make_full_house(casa_alba, alba)


def pages(role):
    staff = Staff(role=role)
    return [
        door
        for door in tenant_doors()
        if staff.may(door.role) and below(door) not in ACTIONS
    ]


def read(answer):
    """Take all of an answer, as a browser would, so that files are closed."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def person_as(client, business, role):
    person = make_user()
    staff = make_staff(business, person, role)
    # Beside the role: some pages ask for this grant.
    staff.may_see_health_needs = True
    staff.save(update_fields=["may_see_health_needs"])
    client.force_login(person)
    return person


@pytest.mark.parametrize("role", Staff.Role.values)
def test_every_page_answers_everybody_who_may_open_it(client, house, role):
    person_as(client, house.business, role)
    # Files and jobs ask for more than the door does, see their own tests.
    asks_more = {"files/<uuid:file_uuid>/", "jobs/<uuid:job_uuid>/"}

    failed = {}
    for door in pages(role):
        answer = read(client.get(door.path("casa-alba", house.ids), follow=True))
        is_fine = answer.status_code < 400
        if not is_fine and not (role == Staff.Role.STAFF and below(door) in asks_more):
            failed[door.route] = answer.status_code

    assert failed == {}


@pytest.mark.parametrize("role", Staff.Role.values)
def test_every_page_answers_in_a_house_that_was_just_made(client, db, role):
    business = create_business(
        facts=BusinessFacts(name="Casa Alba", slug="casa-alba"),
        venues=[VenueFacts(name="Hotellet", kind=Venue.Kind.HOTEL)],
        owner=None,
        now=NOW,
    )
    person_as(client, business, role)

    answers = {
        door.route: client.get(door.path("casa-alba", {}), follow=True).status_code
        for door in pages(role)
        if not door.needs_an_id
    }

    assert {route for route, status in answers.items() if status != 200} == set()


@pytest.mark.parametrize("typed", [{}, GARBAGE], ids=["nothing", "garbage"])
def test_nonsense_is_never_an_error_of_ours(house, alba, typed):
    client = Client(raise_request_exception=False)
    client.force_login(alba)
    make_visit(house.guest, state=Visit.State.BOOKED)
    # What ends access or the guest comes last, so that the others still meet a house.
    order = sorted(
        tenant_doors(),
        key=lambda door: ("remove" in door.route, "forget" in door.route),
    )

    broken = {}
    for door in order:
        path = door.path("casa-alba", house.ids)
        for method in ("get", "post"):
            answer = read(getattr(client, method)(path, typed))
            if answer.status_code >= 500:
                broken[(method, door.route)] = answer.status_code

    assert broken == {}


@pytest.mark.parametrize("token", ["x", "-" * 500, "ø\x00", "..%2f..", "AAAA" * 9])
@pytest.mark.django_db
def test_a_tampered_link_gets_a_kind_page(token):
    client = Client(raise_request_exception=False)
    tokens = [door for door in doors() if "<str:token>" in door.route]

    answers = {
        (method, door.route): answer.status_code
        for door in tokens
        for method in ("get", "post")
        if (
            answer := getattr(client, method)(
                "/" + door.route.replace("<str:token>", token)
            )
        )
    }

    assert {
        key: status for key, status in answers.items() if status not in {404, 410}
    } == {}


def test_a_page_that_is_not_there_says_so_plainly(as_alba, casa_alba):
    answer = as_alba.get("/casa-alba/nothing-here/")

    assert answer.status_code == 404
    assert "404.html" in [page.name for page in answer.templates]


def test_too_low_a_role_reads_why(client, casa_alba, bruno):
    client.force_login(bruno)

    answer = client.get("/casa-alba/settings/")

    assert answer.status_code == 403
    assert "403.html" in [page.name for page in answer.templates]


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_plainly():
    answer = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", {"login": "a", "password": "b"}
    )

    assert answer.status_code == 403
    assert "<h1>" in answer.text


@pytest.fixture
def no_postgres(transactional_db, alba):
    """Take the database away for real: nobody listens on port 1."""
    client = Client(raise_request_exception=False)
    client.force_login(alba)
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    yield client
    connection.close()
    connection.settings_dict["PORT"] = port


@pytest.mark.parametrize(
    "path", ["/", "/casa-alba/today/", "/accounts/login/", "/s/x/"]
)
def test_without_postgres_every_page_asks_for_patience(no_postgres, path):
    answer = no_postgres.get(path)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "Try again in half a minute." in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.usefixtures("no_postgres")
def test_without_postgres_the_process_is_alive_and_not_ready(client):
    assert client.get("/healthz/").status_code == 200
    assert client.get("/readyz/").json() == {"ready": False, "waits_for": "database"}


@pytest.fixture
def no_redis():
    """Point the doorbell at a port where nobody listens."""
    known = app.conf.broker_url
    _use_broker("redis://127.0.0.1:1/0")
    yield
    _use_broker(known)


def _use_broker(url):
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    app._pool = app.amqp._producer_pool = None


@pytest.mark.django_db(transaction=True)
def test_without_redis_the_desk_goes_on_and_nobody_waits_long(no_redis, house, as_alba):
    visit = make_visit(house.guest, state=Visit.State.IN_HOUSE)
    house.business.automations.update(is_active=True, activated_at=visit.created_at)
    started = time.monotonic()

    departed = as_alba.post(f"/casa-alba/visits/{visit.uuid}/depart/")
    copied = as_alba.post(f"/casa-alba/guests/{house.guest.uuid}/copy/")

    visit.refresh_from_db()
    assert (departed.status_code, copied.status_code) == (302, 302)
    assert visit.state == Visit.State.COMPLETED
    assert house.business.messages.filter(visit=visit).count() == 1
    assert time.monotonic() - started < 10


def test_every_page_is_strict_about_what_may_run_in_it(as_alba, house):
    for door in pages(Staff.Role.OWNER):
        answer = read(as_alba.get(door.path("casa-alba", house.ids), follow=True))
        policy = answer["Content-Security-Policy"]
        # A letter is shown in a frame that may do nothing; mails carry their looks.
        is_letter = "letter" in door.route
        assert ("unsafe" in policy) is is_letter, door.route
        if not is_letter and "html" in answer["Content-Type"]:
            inline = [
                part
                for part in (" style=", "<style", " onclick=", " onload=", "<script>")
                if part in answer.text
            ]
            assert (door.route, inline) == (door.route, [])


def test_the_demo_is_on_in_tests_so_that_its_pages_are_walked_too():
    assert django_settings.DEMO is True
