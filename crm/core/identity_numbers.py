"""Find identity and card numbers in what people write, so that they are not kept.

Pure. What is found is a number that stands by itself, however it is spaced: between
other characters than digits, and not a part of a longer run of digits, a phone number
with its + or an account number (IBAN). Digits of any script count as digits.

Norwegian, Swedish and Finnish numbers and cards carry check digits and are certain.
Danish ones do not any more, and some forms of the others are also what a phone number, a
time or an account looks like: these are found, but are not ``is_certain``.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from stdnum import iban, luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

from crm.core.card_issuers import has_issuer

MASK = "•"


class NumberKind(StrEnum):
    NORWEGIAN = "norwegian"
    SWEDISH = "swedish"
    FINNISH = "finnish"
    DANISH = "danish"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Found:
    """A number at ``text[start:end]``. Without ``is_certain``, ask whether it is one."""

    kind: NumberKind
    start: int
    end: int
    is_certain: bool = True


def find_numbers(text: str) -> list[Found]:
    """Return the identity and card numbers in ``text``, in order, none overlapping."""
    plain = _without_accounts(_plain(text))
    candidates = [*_finnish(plain), *_digit_numbers(plain)]
    # The surest first; of these the longest, which leaves least of it behind.
    candidates.sort(key=lambda f: (not f.is_certain, f.start - f.end, f.start))
    found: list[Found] = []
    for one in candidates:
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda f: f.start)


def mask_numbers(text: str) -> str:
    """Return ``text`` with the digits of such numbers as dots; the rest stays."""
    while found := find_numbers(text):
        letters = list(text)
        for one in found:
            for at in range(one.start, one.end):
                if _digit(letters[at]):
                    letters[at] = MASK
        text = "".join(letters)
    return text


def _digit(letter: str) -> str:
    value = unicodedata.digit(letter, None)
    return "" if value is None else str(value)


def _plain(text: str) -> str:
    """Return ``text`` letter by letter in ASCII digits, hyphens and spaces."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return " " if letter in "\t\v\f" else letter
    if digit := _digit(letter):
        return digit
    category = unicodedata.category(letter)
    if category == "Pd" or letter == "−":
        return "-"
    # Spaces of all widths, also those of none.
    return " " if category in {"Zs", "Cf"} else letter


# Accounts: two letters, two digits, then groups of four.
_ACCOUNT = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?"
    r"(?![0-9A-Za-z])",
)


def _without_accounts(plain: str) -> str:
    return _ACCOUNT.sub(
        lambda match: "x" * len(match[0]) if iban.is_valid(match[0]) else match[0],
        plain,
    )


_FINNISH = re.compile(
    r"(?<!\d)\d{6}(?: ?[-+] ?|[A-FU-Y])\d{3}[0-9A-Y](?![0-9A-Z])", re.IGNORECASE
)


def _finnish(plain: str) -> Iterator[Found]:
    for match in _FINNISH.finditer(plain):
        if hetu.is_valid(match[0].replace(" ", ""), allow_temporary=True):
            yield Found(NumberKind.FINNISH, match.start(), match.end())


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits with what stands between them and around them."""

    groups: Sequence[str]
    gaps: Sequence[str]
    before: str
    after: str

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(group) for group in self.groups)

    @property
    def touches_letters(self) -> bool:
        return self.before.isalpha() or self.after.isalpha()

    @property
    def is_international_phone(self) -> bool:
        return self.before == "+" and len(self.digits) <= 15


_GROUP = re.compile(r"\d+")
_GAP = re.compile(r" {1,2}| ?[-+.] ?| ?\r?\n ?")
_FEWEST_DIGITS, _MOST_DIGITS, _MOST_GROUPS = 10, 19, 9


def _digit_numbers(plain: str) -> Iterator[Found]:
    groups = list(_GROUP.finditer(plain))
    for first in range(len(groups)):
        for last in range(first, min(first + _MOST_GROUPS, len(groups))):
            run = _run(plain, groups[first : last + 1])
            if len(run.digits) > _MOST_DIGITS:
                break
            if run.gaps and not _GAP.fullmatch(run.gaps[-1]):
                break
            if len(run.digits) < _FEWEST_DIGITS:
                continue
            for kind, judge in _JUDGES.items():
                sure = judge(run)
                if sure is not None:
                    start, end = groups[first].start(), groups[last].end()
                    yield Found(kind, start, end, is_certain=sure)


def _run(plain: str, groups: Sequence[re.Match[str]]) -> _Run:
    start, end = groups[0].start(), groups[-1].end()
    gaps = [plain[one.end() : other.start()] for one, other in pairwise(groups)]
    before, after = plain[start - 1 : start], plain[end : end + 1]
    return _Run([group[0] for group in groups], gaps, before, after)


def _norwegian(run: _Run) -> bool | None:
    """Judge birth, D and H numbers, and those that only stand for people in tests.

    From 2032 on the first check digit may be off by up to three. Such a number is asked
    about: none is given yet, and account numbers would often be taken for one.
    """
    shapes = {(11,), (6, 5), (6, 3, 2), (2, 2, 2, 5), (2, 2, 2, 3, 2)}
    digits = run.digits
    if run.shape not in shapes or run.is_international_phone:
        return None
    day, month = int(digits[:2]) % 40, int(digits[2:4]) % 40
    if int(digits[:2]) > 71 or not _is_day(day, month):
        return None
    if digits[10] != fodselsnummer.calc_check_digit2(digits):
        return None
    expected = fodselsnummer.calc_check_digit1(digits)
    if digits[9] == expected:
        return True
    return False if (int(digits[9]) - int(expected)) % 11 <= 3 else None


def _swedish(run: _Run) -> bool | None:
    """Judge personal and coordination numbers, with and without the century."""
    digits = run.digits
    if len(digits) == 12 and digits[:2] not in {"18", "19", "20"}:
        return None
    if not _is_six_and_four(run, century=True):
        return None
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    if not _is_day(day - 60 if day > 60 else day, month):
        return None
    if not luhn.is_valid(digits[-10:]):
        return None
    return not (_reads_as_time(run) or _reads_as_mobile(run))


def _danish(run: _Run) -> bool | None:
    """Judge what looks like a CPR number: only the day in it can be checked."""
    digits = run.digits
    if len(digits) != 10 or not _is_six_and_four(run, century=False):
        return None
    if not _is_day(int(digits[:2]), int(digits[2:4])):
        return None
    # Older numbers have a check digit; what also passes it is no chance any more.
    if _reads_as_mobile(run) and cpr.checksum(digits) != 0:
        return None
    return False


_CARD_SHAPES = {(4, 6, 5), (4, 6, 4), (6, 13)}


def _card(run: _Run) -> bool | None:
    digits = run.digits
    if run.is_international_phone:
        return None
    if not (has_issuer(digits) and luhn.is_valid(digits)):
        return None
    shape, gaps = run.shape, set(run.gaps)
    in_fours = set(shape[:-1]) <= {4} and shape[-1] <= 4
    if len(shape) == 1 or ((in_fours or shape in _CARD_SHAPES) and gaps <= {" ", "-"}):
        return True
    # Any other grouping may be two phone numbers or a list of rooms.
    if not in_fours and (min(shape) < 2 or len(gaps) > 1 or "\n" in "".join(gaps)):
        return None
    return False


_JUDGES = {
    NumberKind.CARD: _card,
    NumberKind.NORWEGIAN: _norwegian,
    NumberKind.SWEDISH: _swedish,
    NumberKind.DANISH: _danish,
}


def _is_six_and_four(run: _Run, *, century: bool) -> bool:
    """Return whether the run is a day and four digits: 880320-0016, 8803200016."""
    if run.touches_letters or run.is_international_phone:
        return False
    if run.shape in ({(10,), (6, 4), (12,), (8, 4)} if century else {(10,), (6, 4)}):
        return True
    # A date with its parts apart goes on after a hyphen; after a space comes a time.
    apart = {(2, 2, 2, 4), (4, 2, 2, 4)} if century else {(2, 2, 2, 4)}
    return run.shape in apart and run.gaps[-1].strip() in {"-", "+"}


def _reads_as_time(run: _Run) -> bool:
    """Return whether it may be a day and an hour: 240512 1430."""
    if not run.gaps or run.gaps[-1].strip():
        return False
    hours, minutes = int(run.groups[-1][:2]), int(run.groups[-1][2:])
    return hours < 24 and minutes < 60


_MOBILE = re.compile(r"0(?:4\d|50|7[02369])\d{7}")


def _reads_as_mobile(run: _Run) -> bool:
    """Return whether it may be a Swedish or Finnish mobile number without spaces."""
    return run.shape == (10,) and bool(_MOBILE.fullmatch(run.groups[0]))


_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTHS[month - 1]
