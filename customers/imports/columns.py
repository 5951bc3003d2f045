"""What the page of columns shows, and what was chosen on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from customers.imports.fields import ImportField
from customers.imports.formats import Choice, format_choices
from customers.imports.guessing import format_for
from customers.imports.meanings import House, Meaning
from customers.imports.parsing import drops
from customers.imports.tables import Line
from customers.models import Import

# How many values of a column are shown, and how many lines are looked at for them.
SHOWN = 3
LOOKED_AT = 300
_LONGEST = 40
_HIDDEN = "•••"

_NAMES = {"guest.full_name", "guest.given_name", "guest.family_name"}
_ADDRESSES = {"guest.email", "guest.phone", "guest.external_id"}


@dataclass(slots=True)
class ColumnRow:
    """One column: what it means so far, its first values, how they can be written."""

    meaning: Meaning
    values: list[str]
    formats: list[Choice]
    problem: str = ""


@dataclass(slots=True)
class Chosen:
    """``rows`` as chosen; ``problems`` are about the file as a whole."""

    rows: list[ColumnRow]
    problems: list[str] = field(default_factory=list)

    @property
    def meanings(self) -> list[Meaning]:
        return [row.meaning for row in self.rows]

    @property
    def is_good(self) -> bool:
        return not self.problems and not any(row.problem for row in self.rows)


def rows_of(
    meanings: Sequence[Meaning], sample: Sequence[Line], house: House
) -> list[ColumnRow]:
    """Return what the page shows of each column. What must not be kept is not shown."""
    return [
        ColumnRow(
            meaning,
            _first_values(meaning, sample),
            format_choices(house.fields.get(meaning.field)),
        )
        for meaning in meanings
    ]


def chosen_columns(
    batch: Import,
    posted: Mapping[str, str],
    before: Sequence[Meaning],
    sample: Sequence[Line],
    house: House,
    *,
    kind: str,
    has_venue: bool,
) -> Chosen:
    """Return what was chosen, with what does not fit together in words.

    A column that got another meaning is looked at anew for how it is written; where its
    cells do not tell, the page asks once more.
    """
    offered = {
        option for _name, options in options_for(house, kind) for option in options
    }
    rows = []
    for old in before:
        key = posted.get(f"field-{old.column}", "")
        new = Meaning(old.column, old.header, key if key in offered else "")
        problem = ""
        if new.field:
            new, problem = _with_format(new, old, posted, sample, house)
        rows += rows_of([new], sample, house)
        rows[-1].problem = problem
    _refuse_twice(rows, house)
    return Chosen(rows, _missing(rows, kind, has_venue=has_venue))


def options_for(house: House, kind: str) -> list[tuple[str, dict[str, ImportField]]]:
    """Return what columns of a file of ``kind`` can mean, under headings."""
    headings = [
        ("guest", _("The guest")),
        ("visit", _("The visit")),
        ("consent", _("What they agreed to")),
    ]
    return [
        (name, {key: each for key, each in house.fields.items() if each.group == group})
        for group, name in headings
        if group != "visit" or kind != Import.Kind.GUESTS
    ]


def _with_format(
    new: Meaning,
    old: Meaning,
    posted: Mapping[str, str],
    sample: Sequence[Line],
    house: House,
) -> tuple[Meaning, str]:
    codes = [code for code, _label in format_choices(house.fields[new.field])]
    said = posted.get(f"format-{new.column}")
    if said in codes and _same_kind(new, old, house):
        return replace(new, format=said or ""), ""
    form, tells = format_for(new.field, _cells(new, sample), house)
    new = replace(new, format=form, sure=tells)
    return new, "" if tells else _("Look at how this is written, and choose.")


def _same_kind(new: Meaning, old: Meaning, house: House) -> bool:
    """Return whether the format that was shown was one for this meaning."""
    before = format_choices(house.fields.get(old.field))
    return before == format_choices(house.fields[new.field])


def _cells(meaning: Meaning, sample: Sequence[Line]) -> list[str]:
    at = meaning.column
    cells = (line.cells[at].strip() for line in sample if at < len(line.cells))
    return [cell for cell in cells if cell]


def _first_values(meaning: Meaning, sample: Sequence[Line]) -> list[str]:
    values: dict[str, None] = {}
    for cell in _cells(meaning, sample):
        shown = _HIDDEN if drops(cell, meaning.header) else " ".join(cell.split())
        values.setdefault(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")
        if len(values) == SHOWN:
            break
    return list(values)


def _refuse_twice(rows: Sequence[ColumnRow], house: House) -> None:
    seen: set[str] = set()
    for row in rows:
        key = row.meaning.field
        if key in seen and not house.fields[key].is_many:
            row.problem = _("Another column says this already. Leave one of them out.")
        seen.add(key) if key else None


def _missing(rows: Sequence[ColumnRow], kind: str, *, has_venue: bool) -> list[str]:
    said = {row.meaning.field for row in rows}
    problems = []
    if kind == Import.Kind.VISITS and not said & (_NAMES | _ADDRESSES):
        problems.append(
            _("Say which column tells whose visit it is: a number, a name, an address.")
        )
    if kind != Import.Kind.VISITS and not said & (_NAMES | {"guest.external_id"}):
        problems.append(_("Say which column holds the guests' names."))
    if kind == Import.Kind.GUESTS:
        return problems
    whole = {"visit.arrival_year", "visit.arrival_month", "visit.arrival_day"}
    if "visit.arrival" not in said and not whole <= said:
        problems.append(_("Say which column holds the day of arrival."))
    if not has_venue and "visit.venue" not in said:
        problems.append(_("Choose the venue where these visits were."))
    return problems
