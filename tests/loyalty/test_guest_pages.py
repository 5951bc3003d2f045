from datetime import timedelta

import pytest

from customers.arrival_cards import notes_for
from customers.badges import Badge, badges_of
from customers.panels import panels_of
from customers.timeline import timeline_of
from loyalty.models import Tier
from loyalty.ready import create_ready_program
from tests.factories import NOW, TODAY, make_guest, make_visit


@pytest.fixture
def nora(casa_alba):
    create_ready_program(casa_alba)
    Tier.objects.update(promise="The room with the view")
    Tier.objects.filter(rank=1).update(name="Bronze")
    return make_guest(casa_alba)


def come(guest, times):
    for number in range(times):
        make_visit(guest, now=NOW + timedelta(minutes=number))


def test_a_tier_is_a_badge_everywhere(nora):
    come(nora, 2)
    other = make_guest(nora.business, "Erik")

    badges = badges_of(nora.business, [nora.pk, other.pk])

    assert Badge("Bronze", "brass") in badges[nora.pk]
    assert "brass" not in [badge.tone for badge in badges[other.pk]]


def test_what_was_promised_is_on_the_card_of_an_arrival(nora):
    come(nora, 2)
    visit = make_visit(nora, state="booked", arrival_date=TODAY)

    reminders = notes_for(nora.business, [visit])[visit.pk].reminders

    assert "Bronze: The room with the view" in reminders


def test_a_program_switched_off_shows_nothing(nora):
    come(nora, 2)
    nora.business.loyalty_programs.update(is_active=False)

    badges = badges_of(nora.business, [nora.pk])[nora.pk]

    assert "brass" not in [badge.tone for badge in badges]


def test_the_story_tells_of_each_move_newest_first(nora):
    come(nora, 4)

    entries = [
        (entry.subject.to_tier.rank, entry.tone)
        for entry in timeline_of(nora).entries
        if entry.template == "loyalty/timeline_tier.html"
    ]

    assert entries == [(2, "brass"), (1, "brass")]


def test_older_moves_come_on_the_next_page(nora):
    come(nora, 4)
    newest = nora.membership.changes.latest("at")

    entries = timeline_of(nora, before=newest.at).entries

    ranks = [
        entry.subject.to_tier.rank
        for entry in entries
        if entry.template == "loyalty/timeline_tier.html"
    ]
    assert ranks == [1]


def test_the_panel_says_how_many_visits_are_missing(nora):
    come(nora, 3)

    panel = next(
        panel
        for panel in panels_of(nora, now=NOW)
        if panel.template == "loyalty/guest_panel.html"
    )

    assert (
        panel.context["tier"].rank,
        panel.context["visits"],
        panel.context["next_tier"].rank,
        panel.context["missing"],
    ) == (1, 3, 2, 1)


def test_a_guest_who_never_came_has_no_panel(nora):
    templates = [panel.template for panel in panels_of(nora, now=NOW)]

    assert "loyalty/guest_panel.html" not in templates
