from datetime import timedelta

import pytest

from customers.care.preferences import (
    ChangedMeanwhile,
    Wish,
    change_preference,
    confirm_preference,
    end_preference,
    is_stale,
    note_preference,
    resume_preference,
)
from customers.care.promises import settle
from customers.holding import GuestIsForgotten
from customers.models import Preference
from customers.privacy.erasure import erase_guest
from customers.visits import arrive
from tests.factories import NOW, TODAY, make_preference, make_visit

LATER = NOW + timedelta(hours=3)
LAST_YEAR = TODAY - timedelta(days=366)


def words_of(visit):
    return list(visit.promises.order_by("pk").values_list("text", flat=True))


def test_a_wish_remembers_who_said_it_and_since_when(nora, alba):
    wish = make_preference(
        nora, "Room", "High up", actor=alba, said_by="booker", lasts="once"
    )

    assert (wish.said_by, wish.lasts, wish.confirmed_on) == ("booker", "once", TODAY)
    assert (wish.noted_by, wish.noted_at) == (alba, NOW)
    event = nora.business.audit_events.latest("pk")
    assert (event.action, event.object_ref) == ("created", str(wish.uuid))


def test_a_wish_said_again_is_confirmed(nora):
    wish = make_preference(nora, confirmed_on=LAST_YEAR)

    make_preference(nora, wish="  firm".strip(), now=LATER)

    wish.refresh_from_db()
    assert (nora.preferences.count(), wish.confirmed_on) == (1, TODAY)


@pytest.mark.parametrize(
    ("days", "stale"), [(0, False), (365, False), (366, True), (900, True)]
)
def test_after_a_year_one_should_ask_again(nora, days, stale):
    wish = make_preference(nora, confirmed_on=TODAY - timedelta(days=days))

    assert is_stale(wish, today=TODAY) is stale


def test_making_sure_twice_a_day_is_once(nora, alba):
    wish = make_preference(nora, confirmed_on=LAST_YEAR)

    first = confirm_preference(wish, actor=alba, today=TODAY, now=LATER)
    again = confirm_preference(wish, actor=alba, today=TODAY, now=LATER)

    assert (first, again) == (True, False)
    assert nora.business.audit_events.filter(action="confirmed").count() == 1


def test_a_change_reaches_what_is_still_open(nora):
    wish = make_preference(nora, "Pillow", "Firm")
    visit = make_visit(nora, state="booked", arrival_date=TODAY)
    arrive(visit, actor=None, now=NOW)

    changed = change_preference(
        wish,
        Wish(kind=wish.kind, wish="Soft"),
        seen="Pillow: Firm",
        actor=None,
        today=TODAY,
        now=LATER,
    )

    assert (changed, words_of(visit)) == (["wish"], ["Pillow: Soft"])


def test_a_change_leaves_what_was_kept_as_it_was(nora):
    wish = make_preference(nora, "Pillow", "Firm")
    visit = make_visit(nora, state="booked", arrival_date=TODAY)
    settle(visit, wish.uuid, outcome="kept", actor=None, now=NOW)

    change_preference(
        wish,
        Wish(kind=wish.kind, wish="Soft"),
        seen="Pillow: Firm",
        actor=None,
        today=TODAY,
        now=LATER,
    )

    assert words_of(visit) == ["Pillow: Firm"]


def test_of_two_who_change_at_once_the_second_is_told(nora):
    wish = make_preference(nora, "Pillow", "Firm")
    soft = Wish(kind=wish.kind, wish="Soft")
    change_preference(wish, soft, seen="Pillow: Firm", actor=None, today=TODAY, now=NOW)

    with pytest.raises(ChangedMeanwhile) as meanwhile:
        change_preference(
            wish,
            Wish(kind=wish.kind, wish="Two"),
            seen="Pillow: Firm",
            actor=None,
            today=TODAY,
            now=LATER,
        )

    wish.refresh_from_db()
    assert (wish.wish, meanwhile.value.preference.words) == ("Soft", "Pillow: Soft")


def test_an_ended_wish_leaves_open_rows_and_comes_back_with_undo(nora):
    wish = make_preference(nora)
    visit = make_visit(nora, state="booked", arrival_date=TODAY)
    arrive(visit, actor=None, now=NOW)

    ended = end_preference(wish, actor=None, now=LATER)
    without = words_of(visit)
    back = resume_preference(wish, actor=None, now=LATER)
    again = resume_preference(wish, actor=None, now=LATER)

    wish.refresh_from_db()
    assert (ended, without, back, again) == (True, [], True, False)
    assert wish.ended_at is None


def test_nothing_is_noted_about_who_was_forgotten(nora, alba):
    kind = make_preference(nora).kind
    seen = Preference.objects.select_related("guest").get().guest
    erase_guest(nora, actor=alba, now=NOW)

    with pytest.raises(GuestIsForgotten):
        note_preference(
            seen, Wish(kind=kind, wish="Soft"), actor=alba, today=TODAY, now=LATER
        )

    assert list(nora.preferences.values_list("wish", flat=True)) == [""]
