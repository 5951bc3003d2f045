"""Tell the story of every guest of a house, from the first visit to today's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.devtools.demo.acting import (
    draw_past,
    draw_player,
    fit_counts,
    habit_of,
    play,
    spread,
    todays_coming,
)
from crm.devtools.demo.consents import open_ledger, speak_at_the_desk
from crm.devtools.demo.days import draw_comings
from crm.devtools.demo.followup import follow_up
from crm.devtools.demo.guests import contact_rows, guest_row
from crm.devtools.demo.habits import WEEKENDER, Habit, draw_habit, visit_counts
from crm.devtools.demo.log import log_visit
from crm.devtools.demo.people import Person, draw_person, draw_relative
from crm.devtools.demo.rows import ContactRow, GuestRow, VisitRow
from crm.devtools.demo.scene import Scene
from crm.devtools.demo.today import Part
from crm.devtools.demo.visits import visit_row
from outreach.automations.planning import SWEEP_BACK

# Written so many at a time: memory stays flat, whatever the size of the house.
_GUESTS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody to tell of: who, why they come, how often, their part today."""

    person: Person
    habit: Habit
    visits: int
    part: Part | None = None
    books_for_them: int | None = None


def tell(scene: Scene, *, guests: int, visits: int, parts: Sequence[Part]) -> None:
    """Write ``guests`` guests with ``visits`` visits in all, today's among them."""
    counts = visit_counts(guests, visits, scene.rng)
    players = spread(parts, guests)
    fit_counts(counts, players, scene.rng)
    family: Iterator[tuple[Character, int]] = iter(())
    for index, count in enumerate(counts):
        if part := players.get(index):
            _write(_player(part, count, scene), scene)
        elif relative := next(family, None):
            _write(_relative(relative, count, scene), scene)
        else:
            character = _stranger(count, scene)
            guest_id = _write(character, scene)
            family = _family_of(character, guest_id, scene)
        if index % _GUESTS_AT_ONCE == _GUESTS_AT_ONCE - 1:
            scene.batch.write()
    scene.batch.write()


def _player(part: Part, visits: int, scene: Scene) -> Character:
    habit = habit_of(part)
    return Character(draw_player(part, habit, scene), habit, visits, part)


def _stranger(visits: int, scene: Scene) -> Character:
    habit = draw_habit(scene.house.ladder, visits, scene.rng)
    return Character(draw_person(habit, scene.register, scene.rng), habit, visits)


def _family_of(
    head: Character, guest_id: int, scene: Scene
) -> Iterator[tuple[Character, int]]:
    """Give the head of a family, with their id, once for each relative who follows."""
    rng = scene.rng
    if head.habit.is_work or rng.random() > 0.14:
        return iter(())
    return iter([(head, guest_id)] * rng.choice((1, 1, 1, 2, 3)))


def _relative(of: tuple[Character, int], visits: int, scene: Scene) -> Character:
    head, head_id = of
    habit = draw_habit(scene.house.ladder, visits, scene.rng)
    return Character(
        draw_relative(head.person, scene.register, scene.rng),
        WEEKENDER if habit.is_work else habit,
        visits,
        books_for_them=head_id,
    )


def _write(character: Character, scene: Scene) -> int:
    guest_id = scene.next_id(GuestRow)
    visits = _visits_of(character, guest_id, scene)
    met_at = min(visit.created_at for visit in visits)
    guest = guest_row(character.person, guest_id=guest_id, met_at=met_at, scene=scene)
    contacts = contact_rows(character.person, guest, scene)
    for row in (guest, *contacts, *visits):
        scene.batch.add(row)
    _tell_what_followed(character, guest, contacts, visits, scene)
    return guest_id


def _visits_of(character: Character, guest_id: int, scene: Scene) -> list[VisitRow]:
    part, habit = character.part, character.habit
    if part:
        comings = draw_past(part, habit, character.visits - 1, scene)
        comings.append(todays_coming(part, scene.house))
    else:
        comings = draw_comings(habit, character.visits, scene.house, scene.rng)
    purse = scene.rng.lognormvariate(0, 0.3)
    rows = [
        visit_row(coming, guest_id, habit=habit, purse=purse, scene=scene)
        for coming in comings
    ]
    if part:
        play(part, rows[-1], scene.house)
    _set_booker(character, guest_id, rows, scene)
    return rows


def _set_booker(
    character: Character, guest_id: int, visits: list[VisitRow], scene: Scene
) -> None:
    booker_id = character.books_for_them
    if firm := character.person.company:
        booker_id = scene.bookers.setdefault(firm, guest_id)
    if booker_id is None or booker_id == guest_id:
        return
    for visit in visits:
        if visit.kind != "table" and scene.rng.random() < 0.8:
            visit.booker_id = booker_id


def _is_past(visit: VisitRow, now: datetime) -> bool:
    """Return whether nothing is planned for ``visit`` any more, were it left out."""
    return visit.completed_at is not None and visit.completed_at < now - SWEEP_BACK


def _tell_what_followed(
    character: Character,
    guest: GuestRow,
    contacts: list[ContactRow],
    visits: list[VisitRow],
    scene: Scene,
) -> None:
    """Go through the visits once more for consents, messages, answers and the log."""
    house, part = scene.house, character.part
    ledger = open_ledger(guest.id, contacts, scene)
    language = guest.language or house.business.language
    for visit in visits:
        log_visit(visit, scene)
        is_due = part is not None and part.due_in > 0 and visit is visits[-1]
        if not is_due:
            speak_at_the_desk(ledger, visit)
        ledger.note_sale(visit)
        due_in = timedelta(minutes=part.due_in if part and is_due else 0)
        due_at = house.now + due_in if is_due else None
        if part is not None and part.due_in > 0 and _is_past(visit, house.now):
            # Whoever is asked in a few minutes was not asked lately.
            continue
        follow_up(visit, ledger=ledger, language=language, due_at=due_at)
