import pytest

from crm.audit.models import Event
from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Staff
from customers.lists import bulk_tags, bulk_views
from customers.models import Guest, GuestTag, Tag
from customers.profile.tags import give_tag
from tests.factories import NOW, make_guest, make_staff, make_user

pytestmark = pytest.mark.usefixtures("morning")

TAG = "/casa-alba/guests/tag/"


@pytest.fixture
def quiet(casa_alba):
    return Tag.objects.create(
        business=casa_alba, name="Quiet", key="quiet", created_at=NOW
    )


def who_has(tag):
    tagged = GuestTag.objects.filter(tag=tag).order_by("guest__display_name")
    return list(tagged.values_list("guest__display_name", flat=True))


def said(client):
    return [
        str(message) for message in client.get("/casa-alba/guests/").context["messages"]
    ]


def post(client, tag, *, act="give", guests=(), **words):
    uuids = [guest.uuid for guest in guests]
    return client.post(TAG, {"tag": tag.uuid, "act": act, "guest": uuids, **words})


def test_those_who_are_ticked_get_the_tag_and_can_be_undone(as_alba, casa_alba, quiet):
    a, b, c = (make_guest(casa_alba, f"Per {letter}") for letter in "ABC")
    give_tag(a, quiet, actor=None, now=NOW)

    answer = post(as_alba, quiet, guests=[a, b], asked="vip=on")

    assert answer.url == "/casa-alba/guests/?vip=on"
    assert who_has(quiet) == ["Per A", "Per B"]
    assert said(as_alba) == ["The tag “Quiet” is on 1 more guest."]
    job = Job.objects.get()
    as_alba.post(f"{TAG}{job.uuid}/undo/")
    assert who_has(quiet) == ["Per A"]
    assert c.guest_tags.count() == 0


def test_the_tag_is_taken_off_and_undo_puts_it_where_it_was(as_alba, casa_alba, quiet):
    a, b = (make_guest(casa_alba, f"Per {letter}") for letter in "AB")
    give_tag(a, quiet, actor=None, now=NOW)

    post(as_alba, quiet, act="take", guests=[a, b])
    assert who_has(quiet) == []
    as_alba.post(f"{TAG}{Job.objects.get().uuid}/undo/")

    assert who_has(quiet) == ["Per A"]


def test_all_who_fit_and_nobody_else(as_alba, casa_alba, bar_carla, quiet):
    for letter in "AB":
        make_guest(casa_alba, f"Per {letter}", is_vip=True)
    make_guest(casa_alba, "Per C")
    make_guest(bar_carla, "Per D", is_vip=True)
    gone = make_guest(casa_alba, "Per E", is_vip=True)
    Guest.objects.filter(pk=gone.pk).update(erased_at=NOW)

    post(as_alba, quiet, whom="all", asked="vip=on")

    assert who_has(quiet) == ["Per A", "Per B"]


def test_all_whom_a_search_finds(as_alba, casa_alba, quiet):
    make_guest(casa_alba, "Nora Vik")
    make_guest(casa_alba, "Per Berg")

    post(as_alba, quiet, whom="all", asked="q=nora")

    assert who_has(quiet) == ["Nora Vik"]


@pytest.mark.parametrize("act", ["give", "take"])
def test_many_are_a_job_that_says_what_it_did_and_can_be_undone(
    as_alba, casa_alba, quiet, monkeypatch, act
):
    monkeypatch.setattr(bulk_views, "AT_ONCE", 2)
    monkeypatch.setattr(bulk_tags, "STEP", 2)
    names = [f"Per {letter}" for letter in "ABCDE"]
    guests = [make_guest(casa_alba, name) for name in names]
    had = guests[:1] if act == "give" else guests
    for guest in had:
        give_tag(guest, quiet, actor=None, now=NOW)

    answer = post(as_alba, quiet, act=act, whom="all")
    run_jobs()

    job = Job.objects.get()
    assert answer.url == f"/casa-alba/jobs/{job.uuid}/"
    assert who_has(quiet) == (names if act == "give" else [])
    page = as_alba.get(answer.url).text
    words = "on 4 more guests" if act == "give" else "off 5 guests"
    assert f"The tag “Quiet” is {words}." in page
    assert f'action="{TAG}{job.uuid}/undo/"' in page

    as_alba.post(f"{TAG}{job.uuid}/undo/")
    run_jobs()

    assert who_has(quiet) == [guest.display_name for guest in had]


def test_the_log_has_a_line_about_the_tag(as_alba, casa_alba, quiet, alba):
    nora = make_guest(casa_alba, "Nora Vik")

    post(as_alba, quiet, guests=[nora])
    post(as_alba, quiet, act="take", guests=[nora])

    logged = Event.objects.filter(object_ref=str(quiet.uuid)).order_by("pk")
    assert list(logged.values_list("actor", "action")) == [
        (alba.pk, "given"),
        (alba.pk, "taken"),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"act": "burn"}, "Choose a tag first, or write a new one."),
        ({"tag": "x"}, "Choose a tag first, or write a new one."),
        ({"tag": "", "new": "Twice"}, "“Twice” is given by its rule, not by hand."),
        ({"guest": ["x", "\0"]}, "Tick the guests first."),
        ({"guest": []}, "Tick the guests first."),
    ],
)
def test_what_cannot_be_done_is_said(as_alba, casa_alba, quiet, words, sentence):
    nora = make_guest(casa_alba, "Nora Vik")
    Tag.objects.create(
        business=casa_alba, name="Twice", key="twice", rule="visits", rule_number=2,
        created_at=NOW,
    )  # fmt: skip

    as_alba.post(TAG, {"tag": quiet.uuid, "act": "give", "guest": [nora.uuid]} | words)

    assert said(as_alba) == [sentence]
    assert who_has(quiet) == []


def test_a_new_word_becomes_a_tag(as_alba, casa_alba, quiet):
    nora = make_guest(casa_alba, "Nora Vik")

    post(as_alba, quiet, guests=[nora], new="  Sea   view ")

    assert who_has(casa_alba.tags.get(name="Sea view")) == ["Nora Vik"]
    assert who_has(quiet) == []


def test_a_new_word_is_no_identity_number(as_alba, casa_alba, quiet):
    nora = make_guest(casa_alba, "Nora Vik")

    post(as_alba, quiet, guests=[nora], new="17054026641")

    assert casa_alba.tags.count() == 1
    assert "identity number" in said(as_alba)[0]


def test_too_many_at_once_are_refused(as_alba, casa_alba, quiet, monkeypatch):
    monkeypatch.setattr(bulk_views, "MOST", 1)
    for letter in "AB":
        make_guest(casa_alba, f"Per {letter}")

    post(as_alba, quiet, whom="all")

    assert who_has(quiet) == []
    assert said(as_alba)[0].startswith("That is more than 1 guests at once.")


def test_a_stranger_is_not_tagged_and_no_tag_is_lent(
    as_alba, casa_alba, bar_carla, quiet
):
    olaf = make_guest(bar_carla, "Olaf Vik")
    nora = make_guest(casa_alba, "Nora Vik")
    hers = Tag.objects.create(business=bar_carla, name="Q", key="q", created_at=NOW)

    post(as_alba, quiet, guests=[olaf])
    post(as_alba, hers, guests=[nora])

    assert GuestTag.objects.count() == 0


def test_a_rule_s_tag_is_not_given_by_hand(as_alba, casa_alba):
    rule = Tag.objects.create(
        business=casa_alba, name="Twice", key="twice", rule="visits", rule_number=2,
        created_at=NOW,
    )  # fmt: skip

    post(as_alba, rule, guests=[make_guest(casa_alba, "Nora Vik")])

    assert GuestTag.objects.count() == 0


def test_the_desk_may_not(client, casa_alba, quiet):
    ida = make_user()
    make_staff(casa_alba, ida, Staff.Role.STAFF)
    client.force_login(ida)

    assert post(client, quiet, guests=[make_guest(casa_alba)]).status_code == 403
