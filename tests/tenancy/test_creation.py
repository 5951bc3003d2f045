import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import Event
from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.models import Business, Staff, Venue
from crm.tenancy.signals import business_created
from tests.factories import NOW, make_user

HOTEL = VenueFacts(name="Hotellet", kind=Venue.Kind.HOTEL)


def facts(**changes):
    return BusinessFacts(**({"name": "Solvik", "slug": "solvik"} | changes))


@pytest.mark.django_db
def test_a_new_business_has_venues_an_owner_and_an_entry_in_the_log():
    owner = make_user()

    business = create_business(facts=facts(), venues=[HOTEL], owner=owner, now=NOW)

    assert list(business.venues.values_list("name", "kind", "time_zone")) == [
        ("Hotellet", "hotel", "Europe/Oslo")
    ]
    assert list(business.staff.values_list("user", "role")) == [
        (owner.pk, Staff.Role.OWNER)
    ]
    assert list(
        Event.objects.filter(
            business=business, object_type="tenancy.business"
        ).values_list("actor", "action", "at")
    ) == [(owner.pk, "created", NOW)]


@pytest.mark.django_db
def test_the_apps_above_hear_of_it_in_the_same_transaction():
    heard = []

    def hear(*, business, now, **_):
        heard.append((business.slug, now))

    business_created.connect(hear)

    create_business(facts=facts(), venues=[HOTEL], owner=None, now=NOW)

    business_created.disconnect(hear)
    assert heard == [("solvik", NOW)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "This field cannot be blank."),
        (
            {"slug": "static"},
            "slug",
            "“static” is a word the site itself uses. Choose another one.",
        ),
        (
            {"time_zone": "Oslo"},
            "time_zone",
            "“Oslo” is not a time zone. Write it like Europe/Oslo.",
        ),
        (
            {"country": "XX"},
            "country",
            "Write the country as two capital letters, like NO.",
        ),
        (
            {"currency": "KRO"},
            "currency",
            "Write the currency as three capital letters, like NOK.",
        ),
    ],
)
def test_facts_that_cannot_be_right_are_refused_at_their_field(
    changes, field, sentence
):
    with pytest.raises(ValidationError) as caught:
        create_business(facts=facts(**changes), venues=[HOTEL], owner=None, now=NOW)

    assert caught.value.message_dict == {field: [sentence]}
    assert Business.objects.count() == 0


@pytest.mark.django_db
def test_a_business_needs_a_venue():
    with pytest.raises(ValidationError, match="at least one venue"):
        create_business(facts=facts(), venues=[], owner=None, now=NOW)

    assert Business.objects.count() == 0
