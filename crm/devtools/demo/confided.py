"""What colleagues wrote down about today's guests: notes, and needs for the kitchen."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from crm.accounts.models import User
from crm.devtools.demo.houses import House
from customers.models import Visit
from customers.needs.health_needs import HEALTH, note_need
from customers.notes.writing import change_note, write_note
from customers.profile.agreements import wording_for

# Those who serve: at the desk and in the dining room.
_MAY_SEE_NEEDS = ("owner@solvik.example", "staff@solvik.example")


@dataclass(frozen=True, slots=True)
class _Word:
    """A note about whoever has this room or table today, so many days old."""

    label: str
    text: str
    days_ago: int = 0
    is_pinned: bool = False
    before: str = ""


_NOTES = (
    _Word("Room 204", "Synger i kor. Spør hvordan konserten i Bergen gikk.", 210),
    _Word("Room 204", "Liker å bli møtt ved døra, ikke i skranken.", 400, True),
    _Word(
        "Room 208",
        "Arbeider på rommet om formiddagen: vask etter elleve.",
        30,
        before="Arbeider på rommet. Ikke forstyrr før elleve.",
    ),
    _Word("Room 112", "Faktura til kontoret i Luleå, aldri til ham selv.", 90, True),
    _Word("Room 110", "Reiser med to små barn og en cello.", 1),
    _Word("Table 2", "Bord ved vinduet, uansett klokkeslett.", 160, True),
    _Word("Table 7", "Bursdag, og en overraskelse. Ikke si noe når de kommer.", 2),
)

# Label, need, whether they agreed to its being remembered.
_NEEDS = (
    ("Room 204", "Ingen nøtter, heller ikke spor", True),
    ("Room 310", "Et rom som kan nås uten trapper", False),
    ("Table 6", "En av fire spiser ikke gluten", False),
    ("Table 12", "Ikke skalldyr til damen ved enden", False),
)


def confide(house: House) -> None:
    """Write notes and needs through the product, as people would."""
    staff = house.business.staff.select_related("user").order_by("pk")
    staff.filter(user__email__in=_MAY_SEE_NEEDS).update(may_see_health_needs=True)
    people = [one.user for one in staff if one.sees_guests]
    visits = _visits_of_today(house)
    for number, word in enumerate(_NOTES):
        if visit := visits.get(word.label):
            _write(word, visit, house, people[number % len(people)])
    for label, words, is_remembered in _NEEDS:
        if visit := visits.get(label):
            says_yes_to = wording_for(visit.guest, HEALTH) if is_remembered else None
            note_need(
                visit.guest,
                words,
                visit=None if is_remembered else visit,
                says_yes_to=says_yes_to,
                actor=people[0],
                now=house.now - timedelta(minutes=50),
            )


def _visits_of_today(house: House) -> dict[str, Visit]:
    visits = Visit.objects.filter(
        business=house.business,
        arrival_date=house.today,
        state__in=(Visit.State.BOOKED, Visit.State.IN_HOUSE),
    )
    rows = visits.select_related("business", "guest__business", "venue")
    return {visit.label: visit for visit in rows.order_by("-pk")}


def _write(word: _Word, visit: Visit, house: House, author: User) -> None:
    at = house.now - timedelta(days=word.days_ago, minutes=90)
    # Nobody was written about before they were known.
    at = max(at, visit.guest.created_at)
    note = write_note(
        visit.guest,
        uuid=uuid5(NAMESPACE_URL, f"{house.business.slug}:{word.text}"),
        text=word.before or word.text,
        venue=visit.venue if word.label.startswith("Table") else None,
        is_pinned=word.is_pinned,
        author=author,
        now=at,
    )
    if word.before:
        later = at + (house.now - at) / 2
        change_note(
            note, text=word.text, venue=note.venue, seen=1, actor=author, now=later
        )
