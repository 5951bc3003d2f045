"""Who they are: names, homes, addresses to write to, firms they work for."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from crm.core.text import search_key
from crm.devtools.demo import names
from crm.devtools.demo.habits import Habit
from crm.devtools.demo.names import Name, People, draw_name
from crm.devtools.demo.rows import ContactRow, GuestRow
from crm.devtools.demo.towns import HOMES, NEAR, Home, draw_address, draw_phone

# Whom a fjord village sees, in shares that sum to one.
_FROM_AFAR: tuple[tuple[People, float], ...] = (
    (names.NORWEGIAN, 0.46), (names.GERMAN, 0.12), (names.SWEDISH, 0.07),
    (names.DANISH, 0.065), (names.DUTCH, 0.06), (names.BRITISH, 0.05),
    (names.AMERICAN, 0.03), (names.FINNISH, 0.025), (names.FRENCH, 0.02),
    (names.POLISH, 0.02), (names.SPANISH, 0.018), (names.CHINESE, 0.012),
    (names.JAPANESE, 0.01), (names.ICELANDIC, 0.01), (names.GREEK, 0.008),
    (names.UKRAINIAN, 0.008), (names.ARAB, 0.006), (names.SAMI, 0.008),
)  # fmt: skip
_FROM_NEAR: tuple[tuple[People, float], ...] = (
    (names.NORWEGIAN, 0.86), (names.POLISH, 0.04), (names.UKRAINIAN, 0.03),
    (names.SAMI, 0.02), (names.GERMAN, 0.02), (names.ARAB, 0.015),
    (names.SWEDISH, 0.015),
)  # fmt: skip
# Names that the law keeps free for such use.
_MAIL = (
    "example.com", "example.org", "example.net", "post.example", "fjordpost.example",
    "epost.example", "mail.example",
)  # fmt: skip
_FIRMS = (
    "Nordvind AS", "Fjordkraft Bygg AS", "Stryn Maskin AS", "Vestland Revisjon",
    "Nordfjord Sjømat AS", "Breheimen Energi", "Måløy Skipsverft", "Hauge & Dahl Arkitekter",
    "Sunnmøre Møbel AS", "Bergen Ingeniørteam AS", "Skår Elektro", "Helse i Fjord",
    "Jostedal Kraft", "Øvrebø Transport AS", "Lunde Anlegg", "Skandinavisk Lyd AB",
    "Nordsjö Teknik AB", "Weber Maschinenbau GmbH", "Ålesund Marine Systems",
    "Vik Geologi", "Fagernes Trelast", "Olden Brevatn AS", "Kystdata AS", "Aas Advokatfirma",
)  # fmt: skip
_HOW_THEY_CAME = (
    "Friends told them", "Search", "Drove past", "Travel guide", "Has always come",
    "Newspaper",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A guest before there is a row: what follows from who they are."""

    name: Name
    people_country: str
    home: Home
    language: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    emails: tuple[tuple[str, str], ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    company: str = ""
    source: str = ""
    birthday: tuple[int, int] | None = None
    is_vip: bool = False


@dataclass(slots=True)
class Register:
    """What has been given out already, so that two guests do not share a mailbox."""

    mailboxes: Counter[str] = field(default_factory=Counter)
    drawn: int = 0


def draw_person(habit: Habit, register: Register, rng: Random) -> Person:
    """Draw somebody for whom ``habit`` is believable."""
    register.drawn += 1
    if register.drawn % 61 == 0:
        name, country, language = names.RARE[register.drawn // 61 % len(names.RARE)]
        return _complete(name, country, language, HOMES[country], habit, register, rng)
    is_near = rng.random() < habit.lives_near
    people = _pick(_FROM_NEAR if is_near else _FROM_AFAR, rng)
    if habit.is_work and not is_near and rng.random() < 0.7:
        people = names.NORWEGIAN
    home = NEAR if is_near else HOMES[people.country]
    country = "NO" if is_near else people.country
    return _complete(
        draw_name(people, rng), country, people.language, home, habit, register, rng
    )


def draw_relative(of: Person, register: Register, rng: Random) -> Person:
    """Draw somebody of the same home: same door, same family name, often same phone."""
    people = next(
        (row for row, _share in _FROM_AFAR if row.country == of.people_country),
        names.NORWEGIAN,
    )
    family = next(
        (row for row in people.families if of.name.family in row.split("/")), ""
    )
    name = draw_name(people, rng, family=family or of.name.family)
    return Person(
        name=name,
        people_country=of.people_country,
        home=of.home,
        language=of.language,
        street=of.street,
        postal_code=of.postal_code,
        city=of.city,
        emails=_emails(name, register, rng) if rng.random() < 0.7 else (),
        phones=of.phones if rng.random() < 0.4 else (draw_phone(of.home, rng),),
        source="Friends told them" if rng.random() < 0.2 else "",
        birthday=_birthday(rng),
    )


def _complete(
    name: Name,
    country: str,
    language: str,
    home: Home,
    habit: Habit,
    register: Register,
    rng: Random,
) -> Person:
    firm = rng.choice(_FIRMS) if habit.is_work and rng.random() < 0.85 else ""
    has_address = rng.random() < (0.75 if firm or habit.lives_near < 0.5 else 0.45)
    address = draw_address(home, rng) if has_address else ("", "", "")
    return Person(
        name=name,
        people_country=country,
        home=home,
        language=_language(language, home, rng),
        street=address[0],
        postal_code=address[1],
        city=address[2],
        emails=_emails(name, register, rng, firm) if rng.random() < 0.9 else (),
        phones=(draw_phone(home, rng),) if rng.random() < 0.82 else (),
        company=firm,
        source=_how_they_came(firm, rng),
        birthday=_birthday(rng),
        is_vip=rng.random() < 0.006,
    )


def _pick(shares: tuple[tuple[People, float], ...], rng: Random) -> People:
    point = rng.random()
    for people, share in shares:
        point -= share
        if point < 0:
            return people
    return shares[0][0]


def _language(language: str, home: Home, rng: Random) -> str:
    if rng.random() < 0.06:
        return ""
    if language == "nb" and home is NEAR and rng.random() < 0.55:
        return "nn"
    return language


def _how_they_came(firm: str, rng: Random) -> str:
    if firm:
        return "Company agreement" if rng.random() < 0.5 else ""
    return rng.choice(_HOW_THEY_CAME) if rng.random() < 0.35 else ""


def _birthday(rng: Random) -> tuple[int, int] | None:
    if rng.random() > 0.38:
        return None
    if rng.random() < 0.004:
        return 2, 29
    return rng.randint(1, 12), rng.randint(1, 28)


def mailbox(name: Name) -> str:
    """Return the part before the @ that this person would have."""
    latin = name.latin or f"{name.given} {name.family}"
    letters = [sign if sign.isalnum() else "." for sign in search_key(latin)]
    return ".".join(part for part in "".join(letters).split(".") if part)


def _emails(
    name: Name, register: Register, rng: Random, firm: str = ""
) -> tuple[tuple[str, str], ...]:
    box = mailbox(name)
    register.mailboxes[box] += 1
    if (number := register.mailboxes[box]) > 1:
        box = f"{box}{number}"
    if not firm and rng.random() < 0.06:
        relay = (
            f"{box[:4].strip('.')}{rng.randrange(100_000, 999_999)}@guest.booking.com"
        )
        return ((relay, relay),)
    domain = f"{search_key(firm.split()[0])}.example" if firm else rng.choice(_MAIL)
    typed = f"{box}@{domain}"
    if rng.random() < 0.05:
        typed = typed.title().replace("@Example.Com", "@example.com")
    first = (typed, typed.lower())
    if rng.random() < 0.04:
        return (first, (f"{box}@old.example", f"{box}@old.example"))
    return (first,)


def contact_rows(person: Person, guest: GuestRow, ids: list[int]) -> list[ContactRow]:
    """Return the guest's addresses, the first of each kind primary."""
    rows = []
    for kind, pairs in (("email", person.emails), ("phone", person.phones)):
        for index, (raw, normalized) in enumerate(pairs):
            rows.append(
                ContactRow(
                    ids[len(rows)],
                    guest.business_id,
                    guest.id,
                    kind,
                    raw,
                    normalized,
                    index == 0,
                    guest.created_at,
                )  # fmt: skip
            )
    return rows


def new_uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
