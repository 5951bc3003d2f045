from datetime import timedelta

import pytest

from crm.core.encryption import seal
from customers.consent import consent_states, record_consent
from customers.guests import GuestFacts, amend_guest
from customers.holding import GuestIsForgotten
from customers.merging.merging import CannotBeOne, merge_guests
from customers.merging.picking import choices_for, which_stays
from customers.models import (
    Agreement,
    ConsentEvent,
    GuestSummary,
    HealthNeed,
    Merge,
    SearchLine,
    Suppression,
    Visit,
)
from customers.privacy.erasure import erase_guest
from customers.profile.tags import give_tag
from customers.searching.search import search_guests
from customers.suppressions import suppress
from loyalty.models import Membership
from loyalty.ready import create_ready_program
from tests.factories import (
    NOW,
    TODAY,
    allow,
    make_field,
    make_guest,
    make_note,
    make_tag,
    make_visit,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby", emails=("nora@example.org",))


@pytest.fixture
def old_nora(casa_alba):
    return make_guest(casa_alba, "N Ostby", emails=("old@example.org",))


def merge(kept, gone, **choices):
    return merge_guests(kept, gone, choices=choices, actor=None, now=LATER)


def say(guest, is_granted, *, at, purpose="marketing"):
    record_consent(
        guest,
        purpose=purpose,
        channel="email",
        is_granted=is_granted,
        source=ConsentEvent.Source.DESK,
        now=at,
    )


def word_of(guest, purpose="marketing"):
    state = consent_states([guest.pk]).get((guest.pk, purpose, "email"))
    return state and state.is_granted


def test_visits_come_along_and_count_for_the_one_who_stays(nora, old_nora):
    make_visit(nora, arrival_date=TODAY - timedelta(days=30), spend=100)
    make_visit(old_nora, arrival_date=TODAY - timedelta(days=10), spend=200)

    merge(nora, old_nora)

    summary = GuestSummary.objects.get(guest=nora)
    assert (summary.visits, summary.spend) == (2, 300)
    assert GuestSummary.objects.get(guest=old_nora).visits == 0
    assert nora.visits.count() == 2


def test_who_booked_is_the_one_who_stays_and_nobody_books_for_themselves(
    casa_alba, nora, old_nora
):
    for_olaf = make_visit(make_guest(casa_alba, "Olaf Vik"), booker=old_nora)
    for_nora = make_visit(nora, booker=old_nora)
    for_old = make_visit(old_nora, booker=nora)

    merge(nora, old_nora)

    bookers = dict(Visit.objects.values_list("pk", "booker"))
    assert bookers == {for_olaf.pk: nora.pk, for_nora.pk: None, for_old.pk: None}


def test_old_addresses_stay_and_are_not_written_to_first(nora, old_nora):
    merge(nora, old_nora, email="kept")

    points = nora.contact_points.order_by("pk")
    assert list(points.values_list("normalized", "is_primary")) == [
        ("nora@example.org", True),
        ("old@example.org", False),
    ]


def test_an_address_of_both_stands_once(casa_alba, nora):
    twin = make_guest(casa_alba, "Nora O", emails=("NORA@example.org", "n@x.no"))

    merge(nora, twin, email="gone")

    points = nora.contact_points.order_by("pk")
    assert list(points.values_list("normalized", "is_primary")) == [
        ("nora@example.org", True),
        ("n@x.no", False),
    ]


def test_a_direct_address_is_used_before_a_booking_sites(casa_alba, nora):
    relayed = make_guest(casa_alba, emails=("nora.123@guest.booking.com",))

    merge(relayed, nora)

    first = relayed.contact_points.get(is_primary=True)
    assert first.normalized == "nora@example.org"


@pytest.mark.parametrize("kept_says", [True, False])
def test_a_no_of_either_holds_however_old_it_is(nora, old_nora, kept_says):
    say(nora, kept_says, at=NOW - timedelta(days=1 if kept_says else 900))
    say(old_nora, not kept_says, at=NOW - timedelta(days=900 if kept_says else 1))

    merge(nora, old_nora)

    assert word_of(nora) is False


def test_a_yes_of_one_holds_where_the_other_said_nothing(nora, old_nora):
    say(old_nora, True, at=NOW)

    merge(nora, old_nora)

    assert word_of(nora) is True
    assert nora.consent_events.count() == 1


def test_a_no_that_was_taken_back_by_the_same_entry_holds_no_more(nora, old_nora):
    say(old_nora, False, at=NOW - timedelta(days=9))
    say(old_nora, True, at=NOW)

    merge(nora, old_nora)

    assert word_of(nora) is True


def test_addresses_that_are_left_alone_stay_left_alone(casa_alba, nora, old_nora):
    point = old_nora.contact_points.get()
    suppress(
        business=casa_alba,
        channel="email",
        fingerprint=point.fingerprint,
        scope=Suppression.Scope.MARKETING,
        reason=Suppression.Reason.BOUNCED,
        now=NOW,
    )
    before = list(Suppression.objects.values())

    merge(nora, old_nora)

    assert list(Suppression.objects.values()) == before


def test_a_tag_of_both_is_there_once(casa_alba, nora, old_nora):
    sails, wine = make_tag(casa_alba), make_tag(casa_alba, "Wine")
    for guest, tag in ((nora, sails), (old_nora, sails), (old_nora, wine)):
        give_tag(guest, tag, actor=None, now=NOW)

    merge(nora, old_nora)

    tags = nora.guest_tags.order_by("tag__name").values_list("tag__name", flat=True)
    assert list(tags) == ["Sails", "Wine"]


def test_own_fields_are_picked_one_by_one(casa_alba, nora, old_nora):
    boat, car = make_field(casa_alba, "Boat"), make_field(casa_alba, "Car")
    nora.custom = {str(boat.uuid): "Sloop"}
    old_nora.custom = {str(boat.uuid): "Kayak", str(car.uuid): "Volvo"}
    nora.save(update_fields=["custom"])
    old_nora.save(update_fields=["custom"])

    merge(nora, old_nora)

    nora.refresh_from_db()
    assert nora.custom == {str(boat.uuid): "Sloop", str(car.uuid): "Volvo"}


def test_a_member_number_goes_to_who_stays(casa_alba, nora):
    member = make_guest(casa_alba, "N Ostby", member_number="77")

    merge(nora, member)

    nora.refresh_from_db()
    member.refresh_from_db()
    assert (nora.member_number, member.member_number) == ("77", "")


def test_member_numbers_change_places_when_the_other_is_chosen(casa_alba):
    one = make_guest(casa_alba, "Nora One", member_number="1")
    two = make_guest(casa_alba, "Nora Two", member_number="2")

    merge(one, two, member_number="gone")

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.member_number, two.member_number) == ("2", "1")
    assert list(search_guests(casa_alba, "Two")) == [one]


def test_names_and_numbers_of_both_find_the_guest_also_after_a_change(
    casa_alba, nora, old_nora
):
    merge(nora, old_nora)
    nora.refresh_from_db()

    amend_guest(
        nora,
        facts=GuestFacts(display_name="Nora Berg", given_name="Nora"),
        actor=None,
        now=LATER,
    )

    assert list(search_guests(casa_alba, "N Ostby")) == [nora]
    assert list(SearchLine.objects.values_list("guest", flat=True)) == [nora.pk]


def test_the_higher_tier_is_kept(casa_alba, nora, old_nora, alba):
    create_ready_program(casa_alba)
    for days in range(1, 12):
        make_visit(old_nora, arrival_date=TODAY - timedelta(days=3 * days), nights=1)
    tier = Membership.objects.get(guest=old_nora).tier

    merge(nora, old_nora)

    assert tier is not None
    assert Membership.objects.get().guest == nora
    assert Membership.objects.get().tier == tier


def agree(guest, subject, is_granted, *, at=NOW):
    return Agreement.objects.create(
        business=guest.business,
        guest=guest,
        subject=subject,
        is_granted=is_granted,
        wording="You may.",
        language="en",
        source="desk",
        at=at,
    )


def test_needs_remembered_on_a_yes_are_not_shown_over_a_no(nora, old_nora):
    need = HealthNeed.objects.create(
        business=nora.business,
        guest=nora,
        sealed=seal("Nuts"),
        agreement=agree(nora, "health", True),
        noted_at=NOW,
    )
    agree(old_nora, "health", False, at=NOW - timedelta(days=9))

    merge(nora, old_nora)

    need.refresh_from_db()
    assert not nora.health_needs.exists()
    assert need.guest == old_nora


def test_needs_of_both_are_there_for_who_stays(nora, old_nora):
    HealthNeed.objects.create(
        business=nora.business,
        guest=old_nora,
        sealed=seal("Nuts"),
        agreement=agree(old_nora, "health", True),
        noted_at=NOW,
    )

    merge(nora, old_nora)

    assert nora.health_needs.count() == 1


def test_forgetting_who_stays_forgets_both(casa_alba, nora, old_nora):
    merge(nora, old_nora)
    make_note(nora)

    erase_guest(nora, actor=None, now=LATER)

    old_nora.refresh_from_db()
    assert old_nora.is_erased
    assert old_nora.display_name == "–"
    assert not Merge.objects.exists()


def test_forgetting_who_went_forgets_whom_they_became(nora, old_nora):
    merge(nora, old_nora)

    erase_guest(old_nora, actor=None, now=LATER)

    nora.refresh_from_db()
    assert (nora.is_erased, nora.display_name) == (True, "–")
    assert old_nora.is_erased


def test_who_went_is_not_there_for_a_second_merge(casa_alba, nora, old_nora):
    third = make_guest(casa_alba, "Olaf Vik")
    merge(nora, old_nora)

    with pytest.raises(GuestIsForgotten, match="made one with another"):
        merge(third, old_nora)
    with pytest.raises(GuestIsForgotten):
        merge(old_nora, third)


def test_nobody_is_made_one_with_themselves_or_with_another_houses(nora, bar_carla):
    with pytest.raises(CannotBeOne):
        merge(nora, nora)
    with pytest.raises(CannotBeOne):
        merge(nora, make_guest(bar_carla, "Nora Østby"))


def test_who_came_more_often_stays_else_who_came_first(casa_alba, nora, old_nora):
    assert which_stays(old_nora, nora) == (nora, old_nora)

    make_visit(old_nora)

    assert which_stays(nora, old_nora) == (old_nora, nora)


def test_each_choice_says_by_which_rule_it_was_picked(casa_alba):
    kept = make_guest(
        casa_alba, "Nora Østby", language="nb", city="Stryn", source="web"
    )
    gone = make_guest(
        casa_alba,
        "Nora Østby",
        language="en",
        city="Stryn",
        postal_code="6783",
        source="",
        is_vip=True,
        now=LATER,
    )

    picked = {one.field: (one.picked, one.rule) for one in choices_for(kept, gone)}

    assert picked == {
        "name": ("kept", "same"),
        "address": ("gone", "fuller"),
        "language": ("gone", "newer"),
        "source": ("kept", "only"),
        "is_vip": ("gone", "either"),
    }


def test_the_log_names_fields_and_no_values(casa_alba, alba, nora, old_nora):
    old_nora.city = "Stryn"
    old_nora.save(update_fields=["city"])

    done = merge_guests(nora, old_nora, actor=alba, now=LATER)

    events = casa_alba.audit_events.filter(action="merged").order_by("pk")
    assert [(event.object_ref, event.fields) for event in events] == [
        (str(nora.uuid), ["city"]),
        (str(old_nora.uuid), []),
    ]
    assert {event.batch for event in events} == {str(done.uuid)}


def test_a_yes_to_the_one_link_still_counts(nora, old_nora):
    allow(old_nora)

    merge(nora, old_nora)

    assert word_of(nora, "survey") is True
