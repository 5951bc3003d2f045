"""Give today's parts to guests: their past fits, their visit is where it should be."""

from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import replace
from datetime import time, timedelta
from random import Random

from crm.core.clock import resolve_local
from crm.devtools.demo.days import Coming, draw_comings, keep_apart
from crm.devtools.demo.habits import (
    COFFEE_DRINKER,
    NEIGHBOUR,
    TRAVELLER,
    WEEKENDER,
    Habit,
)
from crm.devtools.demo.houses import House
from crm.devtools.demo.people import Person, direct_email, draw_person
from crm.devtools.demo.rows import VisitRow
from crm.devtools.demo.scene import Scene
from crm.devtools.demo.today import Part
from crm.devtools.demo.towns import HOMES, draw_address, draw_phone

_HABITS = {
    "holiday": WEEKENDER,
    "work": TRAVELLER,
    "meal": NEIGHBOUR,
    "coffee": COFFEE_DRINKER,
}


def spread(parts: Sequence[Part], guests: int) -> dict[int, Part]:
    """Return parts by the number of the guest who plays them, far from each other."""
    step = guests // (len(parts) + 1)
    return {(place + 1) * step: part for place, part in enumerate(parts)}


def fit_counts(
    counts: MutableSequence[int], parts: Mapping[int, Part], rng: Random
) -> None:
    """Set how often today's guests come; what that leaves over goes to others."""
    surplus = 0
    for index, part in parts.items():
        if part.earlier is not None:
            surplus += counts[index] - part.earlier - 1
            counts[index] = part.earlier + 1
    step = 1 if surplus > 0 else -1
    while surplus:
        index = rng.randrange(len(counts))
        if index not in parts and counts[index] > 2:
            counts[index] += step
            surplus -= step


def habit_of(part: Part) -> Habit:
    """Return the habit of whoever plays ``part``; true to the house to this day."""
    habit = replace(_HABITS[part.reason], reasons=((part.reason, 1.0),))
    if part.comes_often:
        return replace(habit, gap_days=(28, 44), stays_true=1.0)
    return habit


def draw_player(part: Part, habit: Habit, scene: Scene) -> Person:
    """Draw somebody, with what the part says of them."""
    person = draw_person(habit, scene.register, scene.rng)
    if part.name:
        home = HOMES[part.country]
        street, postal_code, city = draw_address(home, scene.rng)
        person = replace(
            person,
            name=part.name,
            country=part.country,
            home=home,
            street=street,
            postal_code=postal_code,
            city=city,
            phones=(draw_phone(home, scene.rng),),
        )
    if part.name or part.due_in:
        person = replace(person, emails=direct_email(person.name))
    if part.birthday_in is not None:
        day = scene.house.today + timedelta(days=part.birthday_in)
        person = replace(person, birthday=(day.month, day.day))
    return replace(
        person,
        language=part.language or person.language,
        company=part.company,
        is_vip=part.is_vip,
    )


def draw_past(part: Part, habit: Habit, earlier: int, scene: Scene) -> list[Coming]:
    """Draw what happened before today's part: all of it over when that begins."""
    comings = draw_comings(habit, earlier, scene.house, scene.rng)
    for coming in comings:
        if part.earlier is not None or coming.state == "booked":
            coming.state = "completed"
    house = scene.house
    keep_apart(comings, before=min(part.arrival(house.today), house.today))
    return comings


def todays_coming(part: Part, house: House) -> Coming:
    return Coming(part.reason, part.arrival(house.today), part.nights, part.state)


def play(part: Part, visit: VisitRow, house: House) -> None:
    """Set the hours and the place of today's visit."""
    visit.label = part.label or visit.label
    visit.party_size = part.party
    visit.arrival_time = part.clock
    then = house.now - timedelta(minutes=part.minutes_ago)
    if visit.state == "in_house":
        came_at = resolve_local(visit.arrival_date, time(16, 20), house.zone)
        visit.arrived_at = then if part.minutes_ago else came_at
    elif visit.state == "completed" and part.minutes_ago:
        visit.completed_at = then
        if visit.arrival_date == house.today:
            visit.arrived_at = then - timedelta(minutes=35)
    visit.created_at = min(visit.created_at, visit.arrived_at or visit.created_at)
    visit.updated_at = visit.completed_at or visit.arrived_at or visit.created_at
