"""Tell the story of every guest of a house, from the first visit to today's."""

from collections.abc import Iterator, MutableSequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random

from crm.core.clock import resolve_local
from crm.devtools.demo.answers import Voices
from crm.devtools.demo.consents import open_ledger, speak_at_the_desk
from crm.devtools.demo.followup import follow_up
from crm.devtools.demo.guests import (
    Person,
    Register,
    contact_rows,
    draw_person,
    draw_relative,
    mailbox,
    new_uuid,
)
from crm.devtools.demo.habits import (
    COFFEE_DRINKER,
    NEIGHBOUR,
    TRAVELLER,
    WEEKENDER,
    Habit,
    draw_habit,
    visit_counts,
)
from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.rows import ContactRow, GuestRow, VisitRow
from crm.devtools.demo.today import Role
from crm.devtools.demo.towns import HOMES
from crm.devtools.demo.visits import Coming, draw_comings, draw_row
from customers.guests import GuestFacts, search_text_of, sort_key_of

# Rows that are kept before they are written: memory stays flat, whatever the size.
_GUESTS_AT_ONCE = 2_000

_REASON_OF = {"stay": "holiday", "meal": "meal", "coffee": "coffee"}


@dataclass(slots=True)
class Teller:
    """What every chapter needs. ``firms`` remembers who books for whom."""

    house: House
    batch: Batch
    rng: Random
    register: Register = field(default_factory=Register)
    voices: Voices = field(default_factory=Voices)
    firms: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Chapter:
    """One guest to be told: who, why they come, how often, their part today."""

    person: Person
    habit: Habit
    visits: int
    role: Role | None = None
    booker_id: int | None = None


def tell(
    house: House,
    batch: Batch,
    rng: Random,
    *,
    guests: int,
    visits: int,
    cast: list[Role],
) -> None:
    """Write ``guests`` guests with ``visits`` visits in all, ``cast`` among them."""
    teller = Teller(house, batch, rng)
    counts = _counts(guests, visits, cast, rng)
    roles = _places(cast, guests)
    head: Person | None = None
    head_id = 0
    family_left = 0
    for index in range(guests):
        role = roles.get(index)
        if role:
            chapter = _cast_chapter(teller, role, counts[index])
            family_left = 0
        elif family_left and head:
            chapter = _relative_chapter(teller, head, counts[index], head_id)
            family_left -= 1
        else:
            chapter = _stranger_chapter(teller, counts[index])
            head = chapter.person
            family_left = _family_size(chapter.habit, rng)
        guest_id = _write_guest(teller, chapter)
        if head is chapter.person:
            head_id = guest_id
        if index % _GUESTS_AT_ONCE == _GUESTS_AT_ONCE - 1:
            batch.write()
            teller.firms.clear()
    batch.write()


def _places(cast: list[Role], guests: int) -> dict[int, Role]:
    step = max(guests // (len(cast) + 1), 1)
    return {(place + 1) * step: role for place, role in enumerate(cast)}


def _counts(
    guests: int, visits: int, cast: list[Role], rng: Random
) -> MutableSequence[int]:
    """Return visits by guest, today's parts as they are set, and ``visits`` in all."""
    counts = visit_counts(guests, visits, rng)
    surplus = 0
    fixed = set()
    for index, role in _places(cast, guests).items():
        if role.earlier is not None:
            surplus += counts[index] - (role.earlier + 1)
            counts[index] = role.earlier + 1
            fixed.add(index)
    step = 1 if surplus > 0 else -1
    while surplus:
        index = rng.randrange(guests)
        if index not in fixed and (step > 0 or counts[index] > 2):
            counts[index] += step
            surplus -= step
    return counts


def _stranger_chapter(teller: Teller, visits: int) -> Chapter:
    habit = draw_habit(teller.house.ladder, visits, teller.rng)
    return Chapter(draw_person(habit, teller.register, teller.rng), habit, visits)


def _relative_chapter(
    teller: Teller, head: Person, visits: int, head_id: int
) -> Chapter:
    habit = draw_habit(teller.house.ladder, visits, teller.rng)
    if habit.is_work:
        habit = WEEKENDER
    person = draw_relative(head, teller.register, teller.rng)
    return Chapter(person, habit, visits, booker_id=head_id)


def _family_size(habit: Habit, rng: Random) -> int:
    if habit.is_work or rng.random() > 0.14:
        return 0
    return rng.choice((1, 1, 1, 2, 3))


def _cast_chapter(teller: Teller, role: Role, visits: int) -> Chapter:
    habit = {"stay": TRAVELLER if role.is_work else WEEKENDER, "meal": NEIGHBOUR,
             "coffee": COFFEE_DRINKER}[role.kind]  # fmt: skip
    person = draw_person(habit, teller.register, teller.rng)
    changes: dict[str, object] = {"company": role.company, "is_vip": role.is_vip}
    if role.name:
        changes |= {"name": role.name, "home": HOMES[role.country],
                    "people_country": role.country}  # fmt: skip
    if role.birthday_in is not None:
        day = teller.house.today + timedelta(days=role.birthday_in)
        changes["birthday"] = (day.month, day.day)
    if role.name or role.due_in:
        changes["language"] = role.language
        box = f"gjest{teller.register.drawn}" if not role.name else "nora"
        changes["emails"] = _direct_email(person if not role.name else None, role, box)
    return Chapter(replace(person, **changes), habit, visits, role)  # type: ignore[arg-type]


def _direct_email(
    person: Person | None, role: Role, box: str
) -> tuple[tuple[str, str], ...]:
    if person and person.emails and "booking.com" not in person.emails[0][1]:
        return person.emails
    name = role.name or (person.name if person else None)
    address = f"{mailbox(name) if name else box}@example.com"
    return ((address, address),)


def _write_guest(teller: Teller, chapter: Chapter) -> int:
    batch, house = teller.batch, teller.house
    guest_id = batch.next_id(GuestRow)
    visits = _visits_of(teller, chapter, guest_id)
    met_at = min((visit.created_at for visit in visits), default=house.now)
    guest = _guest_row(chapter.person, guest_id, met_at, house, teller.rng)
    person = chapter.person
    contacts = contact_rows(
        person, guest,
        [batch.next_id(ContactRow) for _ in (*person.emails, *person.phones)],
    )  # fmt: skip
    for row in (guest, *contacts, *visits):
        batch.add(row)
    _tell_consents_and_messages(teller, chapter, guest, contacts, visits)
    return guest_id


def _visits_of(teller: Teller, chapter: Chapter, guest_id: int) -> list[VisitRow]:
    house, rng, role = teller.house, teller.rng, chapter.role
    purse = rng.lognormvariate(0, 0.38)
    earlier = chapter.visits - (1 if role else 0)
    comings = draw_comings(chapter.habit, earlier, house, rng) if earlier else []
    if role:
        _make_history(comings, role, house)
        comings.append(_todays_coming(role, house))
    rows = [
        draw_row(
            coming, visit_id=teller.batch.next_id(VisitRow), guest_id=guest_id,
            habit=chapter.habit, purse=purse, house=house, rng=rng,
        )
        for coming in comings
    ]  # fmt: skip
    if role:
        _play(role, rows[-1], house)
    _set_booker(teller, chapter, rows, guest_id)
    return rows


def _make_history(comings: list[Coming], role: Role, house: House) -> None:
    """Keep what happened before today's part before it, and completed."""
    limit = role.arrival(house.today) - timedelta(days=1)
    limit = min(limit, house.yesterday)
    for coming in reversed(comings):
        if role.earlier is not None:
            coming.reason = _reason(role)
            coming.nights = max(coming.nights, 1) if role.kind == "stay" else 0
        if role.earlier is not None or coming.state == "booked":
            coming.state = "completed"
        latest = limit - timedelta(days=coming.nights + 1)
        coming.arrival = min(coming.arrival, latest)
        limit = coming.arrival


def _reason(role: Role) -> str:
    return "work" if role.is_work else _REASON_OF[role.kind]


def _todays_coming(role: Role, house: House) -> Coming:
    state = "completed" if role.state == "completed" else role.state
    return Coming(_reason(role), role.arrival(house.today), role.nights, state)


def _play(role: Role, visit: VisitRow, house: House) -> None:
    """Set the clock times and the place of today's part."""
    visit.label = role.label or visit.label
    visit.party_size = role.party
    visit.arrival_time = role.clock
    now, zone = house.now, house.zone
    if role.minutes_ago and visit.state == "in_house":
        visit.arrived_at = now - timedelta(minutes=role.minutes_ago)
    elif visit.state == "in_house":
        visit.arrived_at = resolve_local(visit.arrival_date, time(16, 20), zone)
    elif role.minutes_ago:
        visit.completed_at = now - timedelta(minutes=role.minutes_ago)
        if visit.arrival_date == house.today:
            visit.arrived_at = visit.completed_at - timedelta(minutes=35)
    visit.updated_at = visit.completed_at or visit.arrived_at or visit.created_at
    visit.created_at = min(visit.created_at, visit.arrived_at or visit.created_at)


def _set_booker(
    teller: Teller, chapter: Chapter, rows: list[VisitRow], guest_id: int
) -> None:
    booker_id = chapter.booker_id
    if chapter.person.company:
        booker_id = teller.firms.setdefault(chapter.person.company, guest_id)
    if booker_id in (None, guest_id):
        return
    for row in rows:
        if row.kind != "table" and teller.rng.random() < 0.8:
            row.booker_id = booker_id


def _guest_row(
    person: Person, guest_id: int, met_at: datetime, house: House, rng: Random
) -> GuestRow:
    month, day = person.birthday or (None, None)
    facts = GuestFacts(
        display_name=person.name.said,
        given_name=person.name.given,
        family_name=person.name.family,
        language=person.language,
        country=person.people_country,
        street=person.street,
        postal_code=person.postal_code,
        city=person.city,
        birthday_month=month,
        birthday_day=day,
        company=person.company,
        source=person.source,
        is_vip=person.is_vip,
    )
    return GuestRow(
        id=guest_id,
        business_id=house.business.pk,
        uuid=new_uuid(rng),
        external_id="",
        display_name=facts.display_name,
        given_name=facts.given_name,
        family_name=facts.family_name,
        language=facts.language,
        country=facts.country,
        street=facts.street,
        postal_code=facts.postal_code,
        city=facts.city,
        birthday_month=month,
        birthday_day=day,
        company=facts.company,
        source=facts.source,
        is_vip=facts.is_vip,
        search_text=search_text_of(
            facts,
            emails=[normalized for _raw, normalized in person.emails],
            phones=[normalized for _raw, normalized in person.phones],
        ),
        name_sort_key=sort_key_of(facts, house.business),
        created_at=met_at,
        updated_at=met_at,
    )


def _tell_consents_and_messages(
    teller: Teller,
    chapter: Chapter,
    guest: GuestRow,
    contacts: list[ContactRow],
    visits: list[VisitRow],
) -> None:
    house, rng, role = teller.house, teller.rng, chapter.role
    ledger = open_ledger(guest.id, contacts, house, teller.batch)
    for visit in _in_order(visits):
        is_todays = bool(role) and visit is visits[-1]
        if not is_todays:
            speak_at_the_desk(ledger, visit, rng)
        ledger.note_sale(visit)
        due = (
            house.now + timedelta(minutes=role.due_in) if role and role.due_in else None
        )
        follow_up(
            visit,
            ledger=ledger,
            language=guest.language or house.business.language,
            house=house,
            batch=teller.batch,
            voices=teller.voices,
            rng=rng,
            send_at=due if is_todays else None,
        )


def _in_order(visits: list[VisitRow]) -> Iterator[VisitRow]:
    done = [visit for visit in visits if visit.completed_at]
    return iter(sorted(done, key=lambda visit: visit.completed_at or visit.created_at))
