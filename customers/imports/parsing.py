"""Read a cell as what its column holds, and find what must not be kept.

What comes out, by what a field holds: text, ids, codes and choices as str; days as date,
a birthday as month and day, a time as time; counts and minor units as int; yes and no as
bool; tags as a list; an own field as ``Guest.custom`` holds it. None is nothing said.
"""

import re
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.identity_numbers import Found, NumberKind, find_numbers
from crm.core.phones import InvalidPhone, normalize_phone
from crm.core.text import plain_words
from crm.core.typed_time import UnreadableTime, parse_clock
from customers.imports import days, figures, words
from customers.imports.bad_cells import BadCell
from customers.imports.fields import Holds, ImportField
from customers.imports.headings import HEADINGS, folded
from customers.imports.meanings import House, Meaning

__all__ = ["BadCell", "Several", "drops", "parser_for", "tidy"]

# How many different cells of a column are remembered with what they mean.
_REMEMBERED = 65_536
# The format of a column in which a yes means no: “unsubscribed”.
TURNED = "turned"

Parse = Callable[[str], Any]


def parser_for(meaning: Meaning, house: House) -> Parse:
    """Return what reads the cells of a column. It raises BadCell."""
    field = house.fields[meaning.field]
    if field.holds == Holds.TEXT:
        return tidy
    parse = _PARSERS[field.holds](field, meaning.format, house)
    if meaning.field.startswith("guest.custom."):
        parse = _as_stored(parse)
    return lru_cache(maxsize=_REMEMBERED)(parse)


def tidy(cell: str) -> str:
    """Return text with single spaces, and without the sign that kept a formula still."""
    text = " ".join(cell.split())
    return text[1:] if text[:1] == "'" and text[1:2] in _ACTS else text


_ACTS = ("=", "+", "-", "@")


def _as_stored(parse: Parse) -> Parse:
    def stored(cell: str) -> Any:
        value = parse(cell)
        if isinstance(value, Decimal):
            return f"{value:f}"
        return value.isoformat() if hasattr(value, "isoformat") else value

    return stored


# Most addresses, at a hundredth of what it takes to look at one closely.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+"
    r"(?:com|net|org|info|eu|no|se|dk|fi|de|uk|is|nl|fr|es|it|at|ch|pl|io)"
)
_ADDRESS = re.compile(r"[^\s;,|<>()\"']+@[^\s;,|<>()\"']+")


class Several(tuple[str, ...]):
    """What a cell says when it holds more than one address or number."""


def read_email(cell: str) -> str | Several:
    """Return the address in ``Nora <nora@post.no>``, normalized; all if there are more."""
    text = tidy(cell).removeprefix("mailto:")
    found = _ADDRESS.findall(text) or [text]
    addresses = dict.fromkeys(_normal_email(each) for each in found)
    return Several(addresses) if len(addresses) > 1 else next(iter(addresses))


def _normal_email(text: str) -> str:
    lower = text.lower()
    if len(lower) < 60 and _PLAIN_EMAIL.fullmatch(lower):
        return lower
    try:
        return normalize_email(text)
    except InvalidEmail as error:
        raise BadCell("not_an_email") from error


_BETWEEN_PHONES = re.compile(r"[;/,|]|\s+(?:or|eller|tai|oder)\s+")


def read_phone(cell: str, country: str) -> str | Several:
    """Return the number in ``tlf. +47 900 12 345`` as the network has it; all if there
    are more. What is too short for one, such as an extension, is left out.
    """
    first, *more = _BETWEEN_PHONES.split(tidy(cell))
    longer = [part for part in more if sum(map(str.isdigit, part)) > 4]
    numbers = dict.fromkeys(_normal_phone(part, country) for part in (first, *longer))
    return Several(numbers) if len(numbers) > 1 else next(iter(numbers))


def _normal_phone(text: str, country: str) -> str:
    text = re.sub(r"^[^\d+(]+", "", text)
    try:
        return normalize_phone(text, country=country)
    except InvalidPhone as error:
        raise BadCell("not_a_phone") from error


def read_clock(cell: str) -> time:
    """Return the time of day in ``19:30:00``, ``7 pm``, ``0.8125`` or a whole instant."""
    text = tidy(cell)
    if re.fullmatch(r"0[.,]\d{2,}", text):
        minutes = round(float(text.replace(",", ".")) * 24 * 60)
        return time(minutes // 60 % 24, minutes % 60)
    text = re.sub(r"^\d{4}-\d{2}-\d{2}[T ]|^\d{1,2}[./]\d{1,2}[./]\d{2,4} ", "", text)
    text = re.sub(r"^(\d{1,2}[:.]\d{2})[:.]\d{2}(?:\.\d+)?", r"\1", text)
    try:
        return parse_clock(text)
    except UnreadableTime as error:
        raise BadCell("not_a_time") from error


def read_tags(cell: str) -> list[str]:
    parts = (tidy(part) for part in re.split(r"[,;|\n]", cell))
    return list(dict.fromkeys(part for part in parts if part))


_A_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")


def _yes_no(field: ImportField, form: str, _house: House) -> Parse:
    def read(cell: str) -> bool | None:
        # Since when somebody is on a list, or off it.
        is_day = field.group == "consent" and _A_DAY.fullmatch(cell.strip())
        answer = True if is_day else words.read_yes_no(cell)
        return not answer if form == TURNED and answer is not None else answer

    return read


def _day(field: ImportField, form: str, house: House) -> Parse:
    if field.group == "visit":
        return partial(days.read_visit_day, form=form, today=house.today)
    return partial(days.read_day, form=form, today=house.today)


def _choice(field: ImportField, _form: str, _house: House) -> Parse:
    offered = {plain_words(choice): choice for choice in field.choices}

    def read(cell: str) -> str:
        if found := offered.get(plain_words(cell)):
            return found
        raise BadCell("unknown_choice")

    return read


def _year(cell: str) -> int:
    if not re.fullmatch(r"(?:19|20|21|22)\d\d(?:[.,]0+)?", cell.strip()):
        raise BadCell("not_a_year")
    return int(cell.strip()[:4])


def _visit_year(_field: ImportField, _form: str, house: House) -> Parse:
    def read(cell: str) -> int:
        year = _year(cell)
        if year < days.EARLIEST.year:
            raise BadCell("too_early")
        if year > house.today.year + days.MOST_YEARS_AHEAD:
            raise BadCell("too_far")
        return year

    return read


def _day_of_month(cell: str) -> int:
    text = re.sub(r"(?:[.,]0+|\.|st|nd|rd|th)$", "", cell.strip())
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 31:
        raise BadCell("not_a_day_of_month")
    return int(text)


_TRAILING_ZERO = re.compile(r"(\d+)\.0")


def _number_id(cell: str) -> str:
    text = tidy(cell)
    found = _TRAILING_ZERO.fullmatch(text)
    return found[1] if found else text


def _fixed(read: Parse) -> Callable[[ImportField, str, House], Parse]:
    return lambda _field, _form, _house: read


_PARSERS: dict[Holds, Callable[[ImportField, str, House], Parse]] = {
    Holds.NUMBER_ID: _fixed(_number_id),
    Holds.EMAIL: _fixed(read_email),
    Holds.PHONE: lambda _f, _form, house: partial(read_phone, country=house.country),
    Holds.DATE: _day,
    Holds.BIRTHDAY: lambda _f, form, house: partial(
        days.read_birthday, form=form, today=house.today
    ),
    Holds.YEAR: _visit_year,
    Holds.MONTH: _fixed(lambda cell: days.month_number(_number_id(cell))),
    Holds.DAY: _fixed(_day_of_month),
    Holds.CLOCK: _fixed(read_clock),
    Holds.COUNT: _fixed(figures.read_count),
    Holds.MONEY: lambda _f, form, house: partial(
        figures.read_money, mark=form or figures.COMMA, currency=house.currency
    ),
    Holds.DECIMAL: lambda _f, form, _house: partial(
        figures.read_number, mark=form or figures.COMMA
    ),
    Holds.YES_NO: _yes_no,
    Holds.LANGUAGE: _fixed(words.read_language),
    Holds.COUNTRY: _fixed(words.read_country),
    Holds.TAGS: _fixed(read_tags),
    Holds.VISIT_KIND: _fixed(words.read_kind),
    Holds.VISIT_STATE: _fixed(words.read_state),
    Holds.CHOICE: _choice,
}


# Nine digits that nothing but a little parts: all such numbers are longer.
_MANY_DIGITS = re.compile(r"(?:\d[^\d\n]{0,3}){9}\d|\d{6}[ ]?[-+A-FU-Ya-fu-y][ ]?\d{3}")
_PASSPORT = re.compile(
    r"(?:pass(?:port|nummer|nr|inumero)?|reisepass)\W{0,3}(?:no|nr|number|nummer)?\W{0,3}"
    r"(?=\w*\d{4})[A-Z0-9]{7,9}\b|\bP<[A-Z]{3}",
    re.IGNORECASE,
)
# By words of a heading: whatever stands below them.
_SECRET_COLUMNS = {
    "passport": "passport_number", "passnummer": "passport_number",
    "passnr": "passport_number", "reisepass": "passport_number",
    "passinumero": "passport_number", "reisepassnummer": "passport_number",
    "passportnumber": "passport_number", "pass": "passport_number",
    "personnummer": "identity_number", "personnr": "identity_number",
    "fodselsnummer": "identity_number", "fodselsnr": "identity_number",
    "cpr": "identity_number", "cprnummer": "identity_number",
    "henkilotunnus": "identity_number", "ssn": "identity_number",
    "hetu": "identity_number", "kredittkort": "card_number", "creditcard": "card_number",
    "kreditkarte": "card_number", "kreditkort": "card_number", "luottokortti": "card_number",
}  # fmt: skip


def drops(cell: str, header: str = "") -> str | None:
    """Return why a cell must not be kept, as the code of a sentence; None if it may be.

    Numbers of cards, national identity numbers and passports are not: told by their
    check digits, by the words before them, or by what the column is called.
    """
    reason, is_of_visit = _about(header)
    if reason:
        return reason if cell.strip() else None
    # Nearly every cell ends here.
    if len(cell) < 9 or not _PERHAPS.search(cell):
        return None
    return _secret_in(cell, is_of_visit)


_PERHAPS = re.compile(r"[\d<]")


@lru_cache(maxsize=_REMEMBERED)
def _secret_in(cell: str, is_of_visit: bool) -> str | None:
    if _PASSPORT.search(cell):
        return "passport_number"
    if not _MANY_DIGITS.search(cell):
        return None
    for found in find_numbers(cell):
        if found.kind == NumberKind.CARD and found.is_certain:
            return "card_number"
        # A number of a booking is often its day and four digits too.
        is_personal = found.kind != NumberKind.CARD and not is_of_visit
        if is_personal and (found.is_certain or _is_said_to_be_one(cell, found)):
            return "identity_number"
    return None


_IDENTITY_WORDS = re.compile(r"\b(?:cpr|person|pers|fødsels|fodsels|ssn|hetu)", re.I)


def _is_said_to_be_one(cell: str, found: Found) -> bool:
    """Return whether what could be a phone number too is an identity number here."""
    return "-" in cell[found.start : found.end] or bool(_IDENTITY_WORDS.search(cell))


@lru_cache(maxsize=1024)
def _about(header: str) -> tuple[str, bool]:
    """Return why all of a column is dropped, and whether it is about visits."""
    heading = folded(header)
    for word in (*heading.split(), heading.replace(" ", "")):
        if reason := _SECRET_COLUMNS.get(word):
            return reason, False
    return "", HEADINGS.get(heading, "").startswith("visit.")
