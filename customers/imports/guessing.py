"""Guess what the columns of a file mean, from what they are called and what they hold."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from customers.imports import days, figures
from customers.imports.bad_cells import BadCell
from customers.imports.fields import Holds
from customers.imports.headings import (
    HEADINGS,
    LEFT_OUT,
    PARTS_OF_PARTY,
    REFUSALS,
    folded,
)
from customers.imports.meanings import House, Meaning, house_of
from customers.imports.parsing import TURNED, parser_for, read_email, read_phone
from customers.imports.tables import Line
from customers.models import Import

__all__ = ["House", "Meaning", "format_for", "guess", "house_of"]

# How many of a column's cells must fit what it is guessed to hold.
_MOST = 0.8
# Words that say whose or which, and not what.
_PADDING = frozenset(
    [
        "guest",
        "guests",
        "customer",
        "client",
        "main",
        "primary",
        "booker",
        "lead",
        "gjest",
        "gjestens",
        "kunde",
        "kundens",
        "gast",
        "kund",
        "gastens",
        "vieras",
        "asiakas",
        "asiakkaan",
        "gastes",
        "kunden",
        "1",
        "2",
        "3",
        "i",
        "of",
        "the",
        "private",
        "privat",
        "work",
        "hovedgjest",
        "no",
        "nr",
        "local",
        "total",
    ]
)


def guess(
    header: Sequence[str],
    sample: Sequence[Line],
    remembered: Sequence[Meaning],
    house: House,
    kind: str = Import.Kind.BOTH,
) -> list[Meaning]:
    """Return what each column means, in order.

    What was ``remembered`` for this header holds; else the heading decides if the cells
    agree, and the cells alone only for addresses, numbers, days and names. Whether guests
    agreed to anything is never read off cells.
    """
    cells = [_column(sample, at) for at in range(len(header))]
    known = {each.column: each for each in remembered}
    if known and all(_still_fits(known.get(at), header[at], house) for at in known):
        return [known.get(at) or Meaning(at, name) for at, name in enumerate(header)]
    meanings = [
        _by_heading(at, name, cells[at], house) for at, name in enumerate(header)
    ]
    meanings = _by_cells(_once(meanings, house), cells, house)
    meanings = _numbers(meanings, header)
    return [
        _for_kind(with_format(each, cells[each.column], house), kind)
        for each in meanings
    ]


def with_format(meaning: Meaning, cells: Sequence[str], house: House) -> Meaning:
    """Return the meaning with how its cells are written."""
    if not meaning.field or meaning.format:
        return meaning
    form, tells = format_for(meaning.field, cells, house)
    return replace(meaning, format=form, sure=meaning.sure and tells)


def format_for(key: str, cells: Iterable[str], house: House) -> tuple[str, bool]:
    """Return how a column that means ``key`` is written, and whether the cells tell."""
    holds = house.fields[key].holds
    if holds in {Holds.DATE, Holds.BIRTHDAY}:
        return days.format_of_days(cells, house.country)
    if holds in {Holds.MONEY, Holds.DECIMAL}:
        return figures.decimal_mark_of(cells, house.country)
    return "", True


def _still_fits(meaning: Meaning | None, header: str, house: House) -> bool:
    if meaning is None:
        return False
    return meaning.header == header and (
        not meaning.field or meaning.field in house.fields
    )


def _column(sample: Sequence[Line], at: int) -> list[str]:
    cells = (line.cells[at].strip() for line in sample if at < len(line.cells))
    return [cell for cell in cells if cell]


def _by_heading(at: int, header: str, cells: Sequence[str], house: House) -> Meaning:
    heading = folded(header)
    if heading in LEFT_OUT:
        return Meaning(at, header)
    if heading in REFUSALS:
        return Meaning(at, header, "consent.marketing.email", TURNED)
    key, sure = _key_of(heading, house)
    if not key:
        return Meaning(at, header)
    if cells and not _agrees(Meaning(at, header, key), cells, house):
        return Meaning(at, header)
    return Meaning(at, header, key, sure=sure)


def _key_of(heading: str, house: House) -> tuple[str, bool]:
    """Return what a heading says, and whether it says that alone."""
    own = {folded(str(f.label)): key for key, f in house.fields.items()}
    words = [word for word in heading.split() if word not in _PADDING]
    for said in (heading, " ".join(words)):
        if key := HEADINGS.get(said) or own.get(said):
            return key, True
    # The longest of its words that is one of ours; never for what needs a yes.
    parts = [
        " ".join(words[begin:end])
        for begin in range(len(words))
        for end in range(begin + 1, len(words) + 1)
    ]
    for part in sorted(parts, key=len, reverse=True):
        key = HEADINGS.get(part, "")
        is_telling = len(part) > 4 or key == "guest.full_name"
        if is_telling and key and not key.startswith("consent."):
            return key, False
    return "", False


def _agrees(meaning: Meaning, cells: Sequence[str], house: House) -> bool:
    """Return whether enough cells can be read as what the heading says."""
    holds = house.fields[meaning.field].holds
    if holds == Holds.TEXT:
        # How many wishes is not which.
        return not all(cell.isdigit() for cell in cells)
    if holds in {Holds.NUMBER_ID, Holds.TAGS}:
        return True
    form, _tells = format_for(meaning.field, cells, house)
    parse = parser_for(replace(meaning, format=form), house)
    return _share(cells, parse) >= 0.5


def _share(cells: Sequence[str], parse: Callable[[str], object]) -> float:
    return sum(_reads(cell, parse) for cell in cells) / max(1, len(cells))


def _reads(cell: str, parse: Callable[[str], object]) -> bool:
    try:
        parse(cell)
    except BadCell:
        return False
    return True


def _once(meanings: Sequence[Meaning], house: House) -> list[Meaning]:
    """Let one column alone mean what only one can: the surest, and of these the first."""
    meanings = _people_once(meanings)
    taken: dict[str, Meaning] = {}
    for each in sorted(
        meanings, key=lambda meaning: (not meaning.sure, meaning.column)
    ):
        if each.field and not house.fields[each.field].is_many:
            taken.setdefault(each.field, each)
    return [
        each
        if not each.field or taken.get(each.field, each) == each
        else Meaning(each.column, each.header)
        for each in meanings
    ]


def _people_once(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Leave out how many came where grown-ups and children are counted beside it."""
    parts = [each for each in meanings if folded(each.header) in PARTS_OF_PARTY]
    return [
        Meaning(each.column, each.header)
        if parts and each.field == "visit.people" and each not in parts
        else each
        for each in meanings
    ]


_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:,? [^\W\d_][^\W\d_'’.-]*){1,4}")


def _by_cells(
    meanings: Sequence[Meaning], cells: Sequence[Sequence[str]], house: House
) -> list[Meaning]:
    """Guess what nothing said of the columns that are left, never surely."""
    found = list(meanings)
    for key, fits in _content_tests(house).items():
        if any(_is_said(key, each.field) for each in found):
            continue
        for at, each in enumerate(found):
            is_left = not each.field and folded(each.header) not in LEFT_OUT
            if is_left and cells[at] and fits(cells[at]):
                found[at] = Meaning(at, each.header, key, sure=False)
                break
    return found


def _is_said(key: str, field: str) -> bool:
    if key == "guest.full_name":
        return field in {key, "guest.given_name", "guest.family_name"}
    return field == key or field.startswith(f"{key}_")


def _content_tests(house: House) -> Mapping[str, Callable[[Sequence[str]], bool]]:
    def are_emails(cells: Sequence[str]) -> bool:
        return all("@" in cell for cell in cells[:5]) and (
            _share(cells, read_email) >= _MOST
        )

    def are_phones(cells: Sequence[str]) -> bool:
        with_sign = sum(cell.startswith(("+", "00")) for cell in cells)
        return with_sign * 2 > len(cells) and (
            _share(cells, lambda cell: read_phone(cell, house.country)) >= _MOST
        )

    def are_names(cells: Sequence[str]) -> bool:
        named = sum(bool(_NAME.fullmatch(c)) and c != c.lower() for c in cells)
        return named >= _MOST * len(cells) and len(set(cells)) * 2 > len(cells)

    return {
        "guest.email": are_emails,
        "guest.phone": are_phones,
        "guest.full_name": are_names,
    }


_NUMBER_HEADINGS = frozenset(
    {"id", "nr", "no", "number", "nummer", "numero", "ref", "key"}
)


def _numbers(meanings: Sequence[Meaning], header: Sequence[str]) -> list[Meaning]:
    """Let “Id” be the visit's where there are visits, and else the guest's."""
    said = {each.field for each in meanings}
    has_visits = any(field.startswith("visit.arrival") for field in said)
    key = "visit.external_id" if has_visits else "guest.external_id"
    for at, each in enumerate(meanings):
        is_number = folded(header[at]) in _NUMBER_HEADINGS
        if is_number and not each.field and key not in said:
            changed = list(meanings)
            changed[at] = Meaning(at, each.header, key, sure=False)
            return changed
    return list(meanings)


def _for_kind(meaning: Meaning, kind: str) -> Meaning:
    """Leave out what a file of guests alone does not bring."""
    if kind == Import.Kind.GUESTS and meaning.field.startswith("visit."):
        return Meaning(meaning.column, meaning.header)
    return meaning
