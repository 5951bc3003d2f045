import io

import pytest
from django.core.management import CommandError, call_command

from crm.accounts.models import User
from crm.tenancy.models import Business, Staff
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ALL = {
    "name": "Solvik Hotell",
    "slug": "solvik",
    "owner_email": "Owner@Solvik.Example",
    "owner_name": "Alba Solheim",
    "country": "SE",
    "venue": ["Hotellet:hotel", "Brygga: restaurant"],
    "no_input": True,
}


def create(**options):
    said = io.StringIO()
    call_command("create_business", stdout=said, **(ALL | options))
    return said.getvalue()


def test_it_creates_everything_and_prints_where_to_go(settings):
    settings.OWNER_PASSWORD = "fire-glade-maar"

    said = create()

    business = Business.objects.get()
    owner = User.objects.get()
    assert said == "Solvik Hotell is ready: http://localhost:8000/solvik/\n"
    assert (business.country, business.currency) == ("SE", "SEK")
    assert list(business.venues.order_by("pk").values_list("name", "kind")) == [
        ("Hotellet", "hotel"),
        ("Brygga", "restaurant"),
    ]
    assert owner.email == "owner@solvik.example"
    assert owner.check_password("fire-glade-maar")
    assert business.staff.get().role == Staff.Role.OWNER


def test_a_known_person_owns_the_new_house_too():
    alba = make_user("owner@solvik.example", password="her-own-old-one")

    create()

    alba.refresh_from_db()
    assert Business.objects.get().staff.get().user == alba
    assert alba.check_password("her-own-old-one")


def test_the_owner_can_be_invited_instead(mailoutbox):
    said = create(invite=True)

    assert "An invitation is on its way to owner@solvik.example." in said
    assert [letter.to for letter in mailoutbox] == [["owner@solvik.example"]]
    assert Business.objects.get().staff_invitations.get().role == Staff.Role.OWNER


def test_without_a_mail_server_the_link_is_printed(client, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    said = create(invite=True)

    link = said.splitlines()[-2].removeprefix("http://localhost:8000")
    assert "Welcome to Solvik Hotell" in client.get(link).text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"slug": "static"}, "slug: “static” is a word the site itself uses"),
        ({"slug": "sol vik"}, "slug: Enter a valid “slug”"),
        ({"venue": ["Hotellet"]}, "Write a venue as NAME:KIND"),
        ({"venue": ["Hotellet:castle"]}, "Write a venue as NAME:KIND"),
        ({"venue": ["A:hotel", "a:cafe"]}, "There is a venue with this name already."),
        ({"owner_email": "alba"}, "This does not look like an email address."),
        ({"time_zone": "Mars"}, "time_zone: “Mars” is not a time zone."),
        ({"name": None}, "Name of the business\\? Say it with --name."),
    ],
)
def test_nonsense_is_a_sentence_and_leaves_nothing_behind(settings, options, sentence):
    settings.OWNER_PASSWORD = "fire-glade-maar"

    with pytest.raises(CommandError, match=sentence):
        create(**options)

    assert (Business.objects.count(), User.objects.count()) == (0, 0)


def test_a_weak_password_is_refused(settings):
    settings.OWNER_PASSWORD = "short"

    with pytest.raises(CommandError, match="This password is too short"):
        create()

    assert User.objects.count() == 0


def test_without_any_password_it_says_where_one_comes_from():
    with pytest.raises(CommandError, match="GJENSYN_OWNER_PASSWORD"):
        create()


def test_a_taken_web_address_is_a_sentence(settings):
    settings.OWNER_PASSWORD = "fire-glade-maar"
    create()

    with pytest.raises(CommandError, match="slug: Business with this Short name"):
        create(name="Another", owner_email="other@example.org")
