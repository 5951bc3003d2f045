"""Two people, one guest; a form sent twice; a guest who is gone."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.audit.events import record_event
from crm.tenancy.models import Staff
from customers.models import ContactPoint, CustomField, Guest
from customers.people.guest_edits import Beginning, who_else_changed
from tests.factories import NOW, make_guest, make_staff, make_user

pytestmark = pytest.mark.usefixtures("morning")

NEW = "/casa-alba/guests/new/"


@pytest.fixture
def nora(casa_alba):
    return make_guest(
        casa_alba,
        "Nora Østby",
        phones=("+47 406 12 345",),
        emails=("nora@example.no",),
        street="Fjordgata 3",
        postal_code="6783",
        city="Stryn",
        source="web",
        company="Nordvind AS",
    )


@pytest.fixture
def as_siri(casa_alba):
    siri = make_user("siri@casa-alba.example", name="Siri Dahl")
    make_staff(casa_alba, siri, Staff.Role.STAFF)
    client = Client()
    client.force_login(siri)
    return client


def url_of(guest, page="edit"):
    return f"/casa-alba/guests/{guest.uuid}/{page}/"


def filled_in(client, guest, page="edit"):
    """Return the form as it is when somebody opens it, ready to be changed and sent."""
    response = client.get(url_of(guest, page))
    form = response.context["form"]
    sent = {"began_with": response.context["began_with"]}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False):
            sent[name] = "on" if value is True else value
    return sent


def toasts_of(response):
    return [str(message) for message in response.context["messages"]]


def clashes_of(response):
    return [
        (clash["label"], clash["mine"], clash["theirs"])
        for clash in response.context["clashes"]
    ]


def test_what_another_changed_meanwhile_is_kept_and_said(as_alba, as_siri, nora):
    mine, hers = filled_in(as_alba, nora), filled_in(as_siri, nora)
    as_siri.post(url_of(nora), hers | {"source": "phone", "language": "sv"})

    response = as_alba.post(url_of(nora), mine | {"is_vip": "on"}, follow=True)

    nora.refresh_from_db()
    assert (nora.is_vip, nora.source, nora.language) == (True, "phone", "sv")
    assert toasts_of(response) == [
        "Saved. What others changed meanwhile is kept: Language, How they came to us."
    ]


def test_who_changed_nothing_takes_nothing_back(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora)
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "phone"})
    events = nora.business.audit_events.filter(action="amended").count()

    response = as_alba.post(url_of(nora), mine, follow=True)

    nora.refresh_from_db()
    assert nora.source == "phone"
    assert toasts_of(response) == [
        "What others changed meanwhile is kept: How they came to us."
    ]
    assert nora.business.audit_events.filter(action="amended").count() == events


def test_what_both_changed_is_shown_and_nothing_is_saved_yet(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora)
    hers = filled_in(as_siri, nora) | {"source": "phone", "city": "Olden"}
    as_siri.post(url_of(nora), hers)

    response = as_alba.post(
        url_of(nora), mine | {"source": "a friend", "city": "Loen", "is_vip": "on"}
    )

    assert clashes_of(response) == [
        ("Address", "Fjordgata 3, 6783 Loen", "Fjordgata 3, 6783 Olden"),
        ("How they came to us", "a friend", "phone"),
    ]
    page = response.content.decode()
    assert "Siri Dahl changed this at 10:30, while you were writing" in page
    assert 'value="a friend"' in page
    nora.refresh_from_db()
    assert (nora.source, nora.city, nora.is_vip) == ("phone", "Olden", False)


@pytest.mark.parametrize(
    ("choice", "source"), [("mine", "a friend"), ("theirs", "phone")]
)
def test_the_choice_holds(as_alba, as_siri, nora, choice, source):
    mine = filled_in(as_alba, nora) | {"source": "a friend", "is_vip": "on"}
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "phone"})
    asked = as_alba.post(url_of(nora), mine)

    again = mine | {"began_with": asked.context["began_with"], "choose_source": choice}
    response = as_alba.post(url_of(nora), again)

    nora.refresh_from_db()
    assert response.url == f"/casa-alba/guests/{nora.uuid}/"
    assert (nora.source, nora.is_vip) == (source, True)


def test_who_does_not_choose_is_asked_again(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora) | {"source": "a friend"}
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "phone"})
    asked = as_alba.post(url_of(nora), mine)

    again = mine | {"began_with": asked.context["began_with"]}
    response = as_alba.post(url_of(nora), again)

    nora.refresh_from_db()
    assert nora.source == "phone"
    assert clashes_of(response) == [("How they came to us", "a friend", "phone")]


def test_a_third_change_while_choosing_is_asked_about_too(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora) | {"source": "a friend"}
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "phone"})
    asked = as_alba.post(url_of(nora), mine)
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "the fair"})

    again = mine | {"began_with": asked.context["began_with"], "choose_source": "mine"}
    response = as_alba.post(url_of(nora), again)

    assert clashes_of(response) == [("How they came to us", "a friend", "the fair")]


def test_numbers_that_both_add_are_all_kept(as_alba, as_siri, nora):
    mine, hers = filled_in(as_alba, nora), filled_in(as_siri, nora)
    as_siri.post(url_of(nora), hers | {"phones": ["+47 406 12 345", "+47 51 00 00 01"]})

    response = as_alba.post(
        url_of(nora),
        mine | {"phones": ["+47 406 12 345", "+47 51 00 00 02"], "emails": []},
        follow=True,
    )

    held = ContactPoint.objects.filter(guest=nora).order_by("-is_primary", "normalized")
    assert list(held.values_list("normalized", "is_primary")) == [
        ("+4740612345", True),
        ("+4751000001", False),
        ("+4751000002", False),
    ]
    assert toasts_of(response) == [
        "Saved. What others changed meanwhile is kept: Phone."
    ]


def test_which_number_to_use_is_asked_when_both_changed_it(as_alba, as_siri, nora):
    mine, hers = filled_in(as_alba, nora), filled_in(as_siri, nora)
    as_siri.post(url_of(nora), hers | {"phones": ["+47 51 00 00 01"]})

    asked = as_alba.post(url_of(nora), mine | {"phones": ["+47 51 00 00 02"]})

    assert clashes_of(asked) == [
        (
            "Phone",
            "+47 51 00 00 02, +47 51 00 00 01",
            "+47 51 00 00 01, +47 51 00 00 02",
        )
    ]
    as_alba.post(
        url_of(nora),
        mine
        | {
            "phones": asked.context["form"]["phones"].value(),
            "began_with": asked.context["began_with"],
            "choose_phones": "theirs",
        },
    )
    held = ContactPoint.objects.filter(guest=nora, kind="phone").order_by("-is_primary")
    assert list(held.values_list("normalized", flat=True)) == [
        "+4751000001",
        "+4751000002",
    ]


def test_an_own_field_of_the_house_is_kept_apart_too(as_alba, as_siri, nora):
    field = CustomField.objects.create(
        business=nora.business, label="Boat", created_at=NOW
    )
    name = f"custom_{field.uuid.hex}"
    mine = filled_in(as_alba, nora)
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {name: "Havørna"})

    asked = as_alba.post(url_of(nora), mine | {name: "Sula"})

    assert clashes_of(asked) == [("Boat", "Sula", "Havørna")]
    again = mine | {name: "Sula", "began_with": asked.context["began_with"]}
    as_alba.post(url_of(nora), again | {f"choose_{name}": "mine"})
    nora.refresh_from_db()
    assert nora.custom == {str(field.uuid): "Sula"}


def test_the_company_and_the_panel_stand_apart(as_alba, as_siri, nora):
    details = filled_in(as_alba, nora, "details")
    as_siri.post(
        url_of(nora), filled_in(as_siri, nora) | {"company": "", "is_vip": "on"}
    )

    response = as_alba.post(
        url_of(nora, "details"), details | {"source": "a friend"}, follow=True
    )

    nora.refresh_from_db()
    assert (nora.source, nora.is_vip, nora.company) == ("a friend", True, None)
    assert toasts_of(response) == ["Saved."]


@pytest.mark.parametrize("sealed", ["", "nonsense", "eyJ9:sealed:by-nobody"])
def test_a_beginning_that_is_not_ours_is_none(as_alba, nora, sealed):
    typed = filled_in(as_alba, nora) | {"source": "a friend", "began_with": sealed}

    as_alba.post(url_of(nora), typed)

    nora.refresh_from_db()
    assert nora.source == "a friend"


def test_the_beginning_of_another_guest_is_none(as_alba, nora, casa_alba):
    other = make_guest(casa_alba, "Olaf Vik")
    sealed = Beginning({"source": "a friend"}).sealed(other)
    typed = filled_in(as_alba, nora) | {"source": "phone", "began_with": sealed}

    as_alba.post(url_of(nora), typed)

    nora.refresh_from_db()
    assert nora.source == "phone"


def test_the_details_are_changed_where_they_stand(as_alba, nora):
    asked = as_alba.get(url_of(nora, "details"), headers={"HX-Request": "true"})
    form = asked.content.decode()
    assert ("<html" in form, 'id="panel-details"' in form) == (False, True)

    typed = filled_in(as_alba, nora, "details") | {"city": "Loen"}
    saved = as_alba.post(url_of(nora, "details"), typed, headers={"HX-Request": "true"})

    panel = saved.content.decode()
    assert ('name="city"' in panel, "6783 Loen" in panel) == (False, True)
    assert "Saved." in panel


def test_a_clash_in_the_panel_is_asked_in_the_panel(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora, "details")
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"source": "phone"})

    response = as_alba.post(
        url_of(nora, "details"),
        mine | {"source": "a friend"},
        headers={"HX-Request": "true"},
    )

    part = response.content.decode()
    assert ('name="choose_source"' in part, "<html" in part) == (True, False)


def test_a_member_number_is_one_guests(as_alba, casa_alba, nora):
    make_guest(casa_alba, "Olaf Vik", member_number="1001")

    at_new = as_alba.post(NEW, {"given_name": "Kari", "member_number": "1001"})
    at_edit = as_alba.post(
        url_of(nora), filled_in(as_alba, nora) | {"member_number": "1001"}
    )

    sentence = ["Another guest has this number already."]
    for answer in (at_new, at_edit):
        assert answer.context["form"].errors["member_number"] == sentence
    assert casa_alba.guests.filter(member_number="1001").count() == 1


# The same form, sent more than once


def once_of(response):
    return re.search(r'name="once" value="([^"]+)"', response.content.decode())[1]


def test_a_form_sent_twice_makes_one_guest_and_lands_on_them(as_alba, casa_alba):
    typed = {
        "given_name": "Nora",
        "emails": ["Nora@Example.no"],
        "phones": ["40612345"],
    }
    typed["once"] = once_of(as_alba.get(NEW))

    first, second = as_alba.post(NEW, typed), as_alba.post(NEW, typed)

    guest = casa_alba.guests.get()
    assert first.url == second.url == f"/casa-alba/guests/{guest.uuid}/"


def test_a_form_that_was_used_and_says_another_name_asks(as_alba, casa_alba):
    token = once_of(as_alba.get(NEW))
    as_alba.post(NEW, {"given_name": "Nora", "once": token})

    again = as_alba.post(NEW, {"given_name": "Olaf", "once": token})

    assert casa_alba.guests.count() == 1
    page = again.content.decode()
    assert "With this form you have added" in page
    assert 'value="Olaf"' in page
    as_alba.post(NEW, {"given_name": "Olaf", "once": once_of(again)})
    assert list(
        casa_alba.guests.order_by("pk").values_list("display_name", flat=True)
    ) == ["Nora", "Olaf"]


def test_a_used_form_of_a_guest_who_was_forgotten_asks(as_alba, casa_alba):
    token = once_of(as_alba.get(NEW))
    as_alba.post(NEW, {"given_name": "Nora", "once": token})
    Guest.objects.update(erased_at=timezone.now(), display_name="–", given_name="")

    again = as_alba.post(NEW, {"given_name": "Nora", "once": token})

    assert casa_alba.guests.filter(erased_at=None).count() == 0
    assert "was removed since" in again.content.decode()


def test_a_form_with_a_mistake_is_still_the_same_form(as_alba, casa_alba):
    token = once_of(as_alba.get(NEW))
    wrong = as_alba.post(NEW, {"given_name": "", "once": token})

    as_alba.post(NEW, {"given_name": "Nora", "once": once_of(wrong)})

    assert casa_alba.guests.count() == 1


# Gone while the form was open


@pytest.mark.parametrize("page", ["edit", "details"])
def test_who_is_forgotten_meanwhile_is_said_and_the_words_are_not_lost(
    as_alba, nora, page
):
    typed = filled_in(as_alba, nora, page) | {"source": "a friend of Olaf's"}
    Guest.objects.filter(pk=nora.pk).update(erased_at=timezone.now())

    response = as_alba.post(url_of(nora, page), typed)

    assert response.status_code == 404
    text = response.content.decode()
    assert "This is no longer in your register." in text
    assert "a friend of Olaf&#x27;s" in text
    assert "csrfmiddlewaretoken" not in response.context["typed"]


def test_in_place_the_sentence_takes_the_place_of_the_page(as_alba, nora):
    typed = filled_in(as_alba, nora, "details")
    Guest.objects.filter(pk=nora.pk).update(erased_at=timezone.now())

    response = as_alba.post(
        url_of(nora, "details"), typed, headers={"HX-Request": "true"}
    )

    assert (response.status_code, response["HX-Retarget"]) == (200, "#main")
    text = response.content.decode()
    assert ("nora@example.no" in text, "<html" in text) == (True, False)


def test_looking_at_who_is_gone_is_a_plain_404(as_alba, nora):
    Guest.objects.filter(pk=nora.pk).update(erased_at=timezone.now())

    response = as_alba.get(url_of(nora))

    assert response.status_code == 404
    assert "Nobody home at this address" in response.content.decode()


# Names and numbers that are out of the ordinary


@pytest.mark.parametrize(
    "name", ["Ø", "中", "محمد الحسيني", "👩‍🍳 Kari", "Ng", "Ö" * 80, "O'Neill-Æ"]
)
def test_any_name_is_written_shown_and_found(as_alba, casa_alba, name):
    response = as_alba.post(NEW, {"given_name": name}, follow=True)

    guest = casa_alba.guests.get()
    assert (guest.given_name, guest.display_name) == (name, name)
    assert response.context["guest"] == guest


@pytest.mark.parametrize("field", ["given_name", "family_name"])
def test_two_hundred_letters_are_too_many_and_none_is_lost(as_alba, casa_alba, field):
    response = as_alba.post(NEW, {field: "N" * 200, "city": "Stryn"})

    assert response.context["form"].errors[field] == [
        "That is 200 letters; there is room for 80."
    ]
    page = response.content.decode()
    assert ("N" * 200 in page, 'value="Stryn"' in page) == (True, True)
    assert casa_alba.guests.count() == 0


@pytest.mark.parametrize("field", ["given_name", "company", "source", "city"])
def test_a_zero_byte_is_answered_in_words(as_alba, casa_alba, field):
    response = as_alba.post(NEW, {"given_name": "Nora", field: "No\0ra"})

    assert response.context["form"].errors[field] == [
        "Null characters are not allowed."
    ]


def test_a_zero_byte_in_a_number_is_left_out(as_alba, casa_alba):
    as_alba.post(NEW, {"given_name": "Nora", "phones": ["406\x0012345"]})

    assert casa_alba.guests.get().contact_points.get().normalized == "+4740612345"


@pytest.mark.parametrize(
    ("country", "typed", "number"),
    [
        ("", "406 12 345", "+4740612345"),
        ("SE", "070-123 45 67", "+46701234567"),
        ("NO", "+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_without_a_country_is_of_the_guests_or_the_houses(
    as_alba, casa_alba, country, typed, number
):
    as_alba.post(NEW, {"given_name": "Nora", "country": country, "phones": [typed]})

    assert casa_alba.guests.get().contact_points.get().normalized == number


def test_a_number_keeps_its_meaning_when_the_country_changes(as_alba, as_siri, nora):
    mine = filled_in(as_alba, nora)
    as_siri.post(url_of(nora), filled_in(as_siri, nora) | {"country": "SE"})

    as_alba.post(url_of(nora), mine | {"phones": ["+47 406 12 345", "51 00 00 01"]})

    numbers = nora.contact_points.filter(kind="phone").order_by("normalized")
    assert list(numbers.values_list("normalized", flat=True)) == [
        "+4740612345",
        "+4751000001",
    ]


def test_the_marked_number_is_the_one_to_use(as_alba, casa_alba):
    as_alba.post(
        NEW,
        {
            "given_name": "Nora",
            "phones": ["51 00 00 01", "", "51 00 00 02"],
            "phones_first": "2",
        },
    )

    points = casa_alba.guests.get().contact_points.order_by("-is_primary")
    assert [(point.normalized, point.is_primary) for point in points] == [
        ("+4751000002", True),
        ("+4751000001", False),
    ]


@pytest.mark.parametrize("mark", ["9", "-1", "x", "²", "", "9" * 50])
def test_a_mark_that_is_nowhere_marks_nothing(as_alba, casa_alba, mark):
    as_alba.post(
        NEW,
        {
            "given_name": "Nora",
            "phones": ["51 00 00 01", "51 00 00 02"],
            "phones_first": mark,
        },
    )

    first = casa_alba.guests.get().contact_points.get(is_primary=True)
    assert first.normalized == "+4751000001"


def test_born_on_29_february_is_kept_and_shown(as_alba, casa_alba):
    typed = {"given_name": "Nora", "birthday_day": "29", "birthday_month": "2"}

    response = as_alba.post(NEW, typed, follow=True)

    guest = casa_alba.guests.get()
    assert (guest.birthday_day, guest.birthday_month) == (29, 2)
    assert "29 February" in response.content.decode()


def test_sources_of_the_house_are_offered(as_alba, casa_alba, nora):
    page = as_alba.get(NEW).content.decode()

    assert '<option value="web">' in page


# At the very same moment


def at_once(alba, posts):
    """Send forms from as many browsers at the same moment; return where each led."""
    ready, answers = threading.Barrier(len(posts)), []

    def send(path, typed):
        client = Client()
        client.force_login(alba)
        ready.wait()
        try:
            answers.append(client.post(path, typed))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=post) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_guest(alba, casa_alba, client):
    client.force_login(alba)
    typed = {
        "given_name": "Nora",
        "member_number": "1001",
        "once": once_of(client.get(NEW)),
    }

    answers = at_once(alba, [(NEW, typed)] * 3)

    guest = casa_alba.guests.get()
    assert {answer.url for answer in answers} == {f"/casa-alba/guests/{guest.uuid}/"}
    assert casa_alba.audit_events.filter(action="created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_moment_both_keep_what_they_wrote(
    alba, casa_alba, client
):
    guest = make_guest(casa_alba, "Nora Østby", phones=("+47 406 12 345",))
    client.force_login(alba)
    begun = filled_in(client, guest)
    numbers = begun["phones"]

    at_once(
        alba,
        [
            (url_of(guest), begun | {"phones": [*numbers, "+47 51 00 00 01"]}),
            (url_of(guest), begun | {"phones": [*numbers, "+47 51 00 00 02"]}),
            (url_of(guest), begun | {"city": "Loen", "source": "web"}),
        ],
    )

    guest.refresh_from_db()
    held = guest.contact_points.order_by("normalized")
    assert (guest.city, guest.source) == ("Loen", "web")
    assert [point.normalized for point in held] == [
        "+4740612345",
        "+4751000001",
        "+4751000002",
    ]


def test_who_changed_it_is_whoever_changed_what_the_form_asks_for(nora, alba):
    kari, per = make_user(name="Kari Lie"), make_user(name="Per Vik")
    for actor, fields in ((per, ["city"]), (kari, ["health_needs"]), (kari, ["tags"])):
        record_event(
            business=nora.business,
            actor=actor,
            action="amended",
            subject=nora,
            fields=fields,
            now=NOW,
        )

    other = who_else_changed(nora, me=alba)

    assert (other.actor, other.fields) == (per, ["city"])
