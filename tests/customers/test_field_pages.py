import pytest

from crm.tenancy.models import Staff
from customers.models import CustomField
from customers.profile.custom_fields import custom_shown
from tests.factories import make_field, make_guest, make_staff, make_user

pytestmark = pytest.mark.usefixtures("morning")

Kind = CustomField.Kind
FIELDS = "/casa-alba/settings/fields/"


@pytest.fixture
def as_manager(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.MANAGER)
    client.force_login(person)
    return client


def typed(label="Boat", kind=Kind.TEXT, choices=""):
    return {"label": label, "kind": kind, "choices": choices}


def give(guest, field, value):
    guest.custom[str(field.uuid)] = value
    guest.save(update_fields=["custom"])


def labels(business):
    fields = business.custom_fields.filter(is_archived=False)
    return list(fields.order_by("position", "pk").values_list("label", flat=True))


def test_a_manager_adds_a_field_after_the_others(as_manager, casa_alba):
    as_manager.post(FIELDS, typed("  Boat  name "))
    page = as_manager.post(
        FIELDS, typed("View", Kind.CHOICE, " Sea \n\nLake\nSea"), follow=True
    ).text

    assert labels(casa_alba) == ["Boat name", "View"]
    assert casa_alba.custom_fields.get(label="View").choices == ["Sea", "Lake"]
    assert "“View” is on every guest’s page now." in page
    assert "Sea · Lake" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (typed(""), "This field is required."),
        (typed("x" * 61), "at most 60 characters"),
        (typed(kind="colour"), "Select a valid choice."),
        (typed(kind=Kind.CHOICE), "Write at least two, one to a line."),
        (typed(kind=Kind.CHOICE, choices="Sea\nsea\n" * 30 + "Sea"), None),
        (typed(kind=Kind.CHOICE, choices="Sea"), "Write at least two"),
        (
            typed(kind=Kind.CHOICE, choices="\n".join(map(str, range(41)))),
            "That is more than 40. Make it a text instead.",
        ),
        (
            typed(kind=Kind.CHOICE, choices="Sea\n" + "x" * 61),
            "One of them is longer than 60 letters.",
        ),
        (typed("4111 1111 1111 1111"), "There is a card number in this."),
    ],
)
def test_what_is_no_field_is_answered_in_words(as_manager, casa_alba, wrong, words):
    page = as_manager.post(FIELDS, wrong, follow=True).text

    if words is None:
        assert casa_alba.custom_fields.get().choices == ["Sea", "sea"]
    else:
        assert words in page
        assert not casa_alba.custom_fields.exists()


def test_choices_are_kept_for_a_choice_alone(as_manager, casa_alba):
    as_manager.post(FIELDS, typed(kind=Kind.NUMBER, choices="Sea\nLake"))

    assert casa_alba.custom_fields.get().choices == []


@pytest.mark.parametrize(
    ("moved", "to", "order"),
    [
        ("B", "up", ["B", "A", "C"]),
        ("B", "down", ["A", "C", "B"]),
        ("A", "up", ["A", "B", "C"]),
        ("C", "down", ["A", "B", "C"]),
        ("B", "sideways", ["A", "B", "C"]),
    ],
)
def test_fields_are_put_in_order_by_buttons(as_manager, casa_alba, moved, to, order):
    # Three at the same place, as older ones are.
    fields = {label: make_field(casa_alba, label) for label in "ABC"}

    as_manager.post(f"{FIELDS}{fields[moved].uuid}/move/", {"to": to})

    assert labels(casa_alba) == order


def test_a_field_is_renamed_and_keeps_what_is_in_it(as_manager, casa_alba, nora):
    field = make_field(casa_alba, "Boat")
    give(nora, field, "Saga")

    as_manager.post(f"{FIELDS}{field.uuid}/", typed("Ship"))

    assert custom_shown(nora) == [("Ship", "Saga")]


def test_a_kind_with_values_in_it_stays(as_manager, casa_alba, nora):
    field = make_field(casa_alba, "Boat")
    give(nora, field, "Saga")
    give(make_guest(casa_alba, "Olaf Berg"), field, "Ellida")

    page = as_manager.post(f"{FIELDS}{field.uuid}/", typed(kind=Kind.NUMBER)).text

    field.refresh_from_db()
    assert "2 guests have something in this field, so its kind stays." in page
    assert field.kind == Kind.TEXT


@pytest.mark.parametrize("held", [False, True])
def test_a_kind_changes_where_nothing_is_spoilt(as_manager, casa_alba, nora, held):
    field = make_field(casa_alba, "View", kind=Kind.CHOICE, choices=["Sea", "Lake"])
    if held:
        give(nora, field, "Sea")

    as_manager.post(f"{FIELDS}{field.uuid}/", typed("View", Kind.TEXT))

    field.refresh_from_db()
    assert (field.kind, field.choices) == (Kind.TEXT, [])
    assert custom_shown(nora) == [("View", "Sea")] * held


def test_an_unused_field_becomes_anything(as_manager, casa_alba):
    field = make_field(casa_alba, "Boat", kind=Kind.DATE)

    as_manager.post(f"{FIELDS}{field.uuid}/", typed(kind=Kind.YES_NO))

    field.refresh_from_db()
    assert field.kind == Kind.YES_NO


def test_a_field_is_hidden_and_brought_back_with_what_is_in_it(
    as_manager, casa_alba, nora
):
    field = make_field(casa_alba, "Boat")
    give(nora, field, "Saga")

    hidden = as_manager.post(f"{FIELDS}{field.uuid}/archive/", follow=True).text
    shown = custom_shown(nora)
    as_manager.post(f"{FIELDS}{field.uuid}/restore/")

    assert f'action="{FIELDS}{field.uuid}/restore/"' in hidden
    assert (shown, custom_shown(nora)) == ([], [("Boat", "Saga")])


def test_the_guests_page_shows_what_is_in_the_houses_fields(
    as_manager, casa_alba, nora
):
    give(nora, make_field(casa_alba, "Boat"), "Saga")
    give(nora, make_field(casa_alba, "Hidden one", is_archived=True), "Secret")

    page = as_manager.get(f"/casa-alba/guests/{nora.uuid}/").text

    assert "<dt>Boat</dt><dd><bdi>Saga</bdi></dd>" in page
    assert "Secret" not in page


def test_the_log_says_what_became_of_a_field(as_manager, casa_alba):
    as_manager.post(FIELDS, typed())
    field = casa_alba.custom_fields.get()
    as_manager.post(f"{FIELDS}{field.uuid}/", typed("Ship"))
    as_manager.post(f"{FIELDS}{field.uuid}/archive/")
    as_manager.post(f"{FIELDS}{field.uuid}/restore/")

    events = casa_alba.audit_events.filter(object_ref=str(field.uuid)).order_by("pk")
    assert list(events.values_list("action", "fields")) == [
        ("created", []),
        ("amended", ["label"]),
        ("archived", []),
        ("brought_back", []),
    ]
